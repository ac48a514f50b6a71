/* Lines, words and bytes of the standard input. */
#include <stdio.h>
#include <unistd.h>

int main(void) {
    static char buf[65536];
    unsigned lines = 0, words = 0, bytes = 0, in_word = 0;
    for (ssize_t n; (n = read(0, buf, sizeof buf)) > 0; bytes += (unsigned)n)
        for (ssize_t i = 0; i < n; i++) {
            unsigned space = buf[i] == ' ' || buf[i] == '\n';
            lines += buf[i] == '\n';
            words += !space && !in_word;
            in_word = !space;
        }
    printf("%u %u %u\n", lines, words, bytes);
    return 0;
}
