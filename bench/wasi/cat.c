/* Standard input to standard output, in pieces of 64 KiB. */
#include <unistd.h>

int main(void) {
    static char buf[65536];
    for (ssize_t n; (n = read(0, buf, sizeof buf)) > 0;)
        for (ssize_t at = 0, done; at < n; at += done)
            if ((done = write(1, buf + at, (size_t)(n - at))) < 0)
                return 1;
    return 0;
}
