/* The program in the containers of test/oci: one verb, its arguments, and what comes of it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int failed(const char *what) {
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    return 1;
}

static int print_words(char **words) {
    for (; *words; words++)
        puts(*words);
    return 0;
}

/* "-" is the standard input; what is read goes to the standard output. */
static int cat(const char *path) {
    char bytes[4096];
    ssize_t n = 0;
    int file = strcmp(path, "-") == 0 ? 0 : open(path, O_RDONLY);
    while (file >= 0 && (n = read(file, bytes, sizeof bytes)) > 0)
        if (write(1, bytes, (size_t)n) != n)
            return failed("write");
    return file < 0 || n < 0 ? failed(path) : 0;
}

static int put(const char *path, const char *text, int flags) {
    int file = open(path, O_WRONLY | flags, 0666);
    if (file < 0 || write(file, text, strlen(text)) != (ssize_t)strlen(text))
        return failed(path);
    return close(file) == 0 ? 0 : failed(path);
}

static int list(const char *path) {
    DIR *dir = opendir(path);
    if (!dir)
        return failed(path);
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        puts(e->d_name);
    return closedir(dir);
}

/* Says that it runs, then sleeps or computes until somebody ends it. */
static int stay(int busy) {
    puts("ready");
    fflush(stdout);
    volatile unsigned turns = 0;
    while (busy)
        turns++;
    return (int)sleep(1000);
}

/* Takes memory and writes to it until there is none or it has MiB; prints how much it got. */
static int grow(long mib) {
    static char *volatile last; /* else the compiler sees that nobody needs it */
    long got = 0;
    for (; got < mib && (last = malloc(1 << 20)) != NULL; got++)
        memset(last, 1, 1 << 20);
    printf("%ld\n", got);
    return got < mib ? 9 : 0;
}

int main(int argc, char **argv) {
    const char *verb = argc > 1 ? argv[1] : "", *first = argc > 2 ? argv[2] : "";
    if (strcmp(verb, "args") == 0)
        return print_words(argv);
    if (strcmp(verb, "env") == 0)
        return print_words(environ);
    if (strcmp(verb, "cat") == 0)
        return cat(first);
    if (strcmp(verb, "put") == 0 && argc > 3)
        return put(first, argv[3], O_CREAT | O_TRUNC);
    if (strcmp(verb, "overwrite") == 0 && argc > 3)
        return put(first, argv[3], 0);
    if (strcmp(verb, "list") == 0)
        return list(first);
    if (strcmp(verb, "exit") == 0)
        return atoi(first);
    if (strcmp(verb, "trap") == 0)
        __builtin_trap();
    if (strcmp(verb, "sleep") == 0 || strcmp(verb, "spin") == 0)
        return stay(verb[1] == 'p');
    if (strcmp(verb, "grow") == 0)
        return grow(atol(first));
    fprintf(stderr, "guest: unknown verb %s\n", verb);
    return 2;
}
