/* Runs one command and tells its time and peak memory, for bench/tools.py.
 *
 *     launch ERRFILE COMMAND ARGS...      prints "WALL_US CPU_US PEAK_KIB STATUS"
 *
 * A process's ru_maxrss starts at the size of whoever called exec, so a child of the Python
 * interpreter can never show less than Python's own size.  This launcher is small, and it times
 * from just before fork to just after wait.  Standard output of the command goes to /dev/null. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

static long long us_of(struct timeval t) { return t.tv_sec * 1000000LL + t.tv_usec; }

static void become(char **argv) {
    int out = open("/dev/null", O_RDWR);
    int err = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
    dup2(out, 0);
    dup2(out, 1);
    dup2(err, 2);
    execvp(argv[2], argv + 2);
    _exit(127);
}

int main(int argc, char **argv) {
    struct rusage use;
    int status;
    if (argc < 3)
        return fprintf(stderr, "usage: launch ERRFILE COMMAND ARGS...\n"), 2;
    long long start = now_us();
    pid_t child = fork();
    if (child == 0)
        become(argv);
    if (child < 0 || wait4(child, &status, 0, &use) < 0)
        return perror("launch"), 2;
    long long end = now_us();
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    printf("%lld %lld %ld %d\n", end - start, us_of(use.ru_utime) + us_of(use.ru_stime),
           use.ru_maxrss, code);
    return 0;
}
