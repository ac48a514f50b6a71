/* A tiny SQLite shell, the second "real program" that `make demo` can run.
 *
 *     sqlite.wasm FILE|:memory: SQL...
 *
 * Each SQL argument may hold several statements; rows are printed with | between the columns, the
 * way the sqlite3 shell does.  Built by scripts/programs.py against the amalgamation of a crate. */
#include <stdio.h>

#include "sqlite3.h"

static int print_row(void *rows, int columns, char **values, char **names) {
    (void)names;
    for (int i = 0; i < columns; i++)
        printf("%s%s", i ? "|" : "", values[i] ? values[i] : "");
    putchar('\n');
    ++*(int *)rows;
    return 0;
}

int main(int argc, char **argv) {
    sqlite3 *db;
    int rows = 0;
    if (argc < 3) {
        fprintf(stderr, "usage: %s FILE|:memory: SQL...\n", argc ? argv[0] : "sqlite");
        return 2;
    }
    if (sqlite3_open(argv[1], &db) != SQLITE_OK) {
        fprintf(stderr, "cannot open %s: %s\n", argv[1], sqlite3_errmsg(db));
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        char *message = NULL;
        if (sqlite3_exec(db, argv[i], print_row, &rows, &message) != SQLITE_OK) {
            fprintf(stderr, "error: %s\n", message ? message : sqlite3_errmsg(db));
            sqlite3_free(message);
            sqlite3_close(db);
            return 1;
        }
    }
    sqlite3_close(db);
    return 0;
}
