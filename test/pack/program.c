/* A program for WASI: arguments, environment, input, output, files, time, and an exit code. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        printf("%d: %s\n", i, argv[i]);
    fprintf(stderr, "home %s\n", getenv("HOME") ? getenv("HOME") : "none");
    char line[100];
    while (fgets(line, sizeof line, stdin))
        printf("in: %s", line);
    FILE *f = fopen("notes/a.txt", "r");
    if (f && fgets(line, sizeof line, f))
        printf("file: %s", line);
    if (f)
        fclose(f);
    f = fopen("out.txt", "w");
    fprintf(f, "written by %s\n", argv[0]);
    fseek(f, 0, SEEK_SET);
    fputc('W', f);
    fclose(f);
    f = fopen("out.txt", "a");
    fputs("more\n", f);
    fclose(f);
    struct timespec t = {0, 2000000};
    time_t before = time(NULL);
    nanosleep(&t, NULL);
    printf("%s", time(NULL) - before < 60 && before > 1000000000 ? "time is well" : "no time");
    if (fopen("none", "r") || remove("none") == 0)
        return 9;
    exit(argc > 2 ? 3 : 0);
}
