/* main: finds the command (first word, or the name of a link), parses its options by the table, and
 * calls it. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum OptionKind { KIND_FLAG, KIND_TEXT, KIND_NUMBER, KIND_LIST, KIND_FEATURE } OptionKind;

static const struct OptionRow {
    size_t field;
    OptionKind kind;
    char letter;
    const char *name, *argument, *commands, *help;
} option_rows[] = {
#define OPTION(field, letter, name, kind, argument, commands, help)                                \
    {offsetof(Options, field), KIND_##kind, letter, name, argument, commands, help},
#include "cli/options.def"
#undef OPTION
};

static const struct CommandRow {
    const char *name, *link, *arguments, *help;
    int (*run)(const Options *o);
    char letter;
} command_rows[] = {
#define LETTER_wat2wasm 'w'
#define LETTER_wasm2wat 't'
#define LETTER_validate 'v'
#define LETTER_objdump 'o'
#define LETTER_strip 's'
#define LETTER_wast 'W'
#define LETTER_wast2json 'J'
#define LETTER_run 'r'
#define LETTER_oci 'C'
#define LETTER_features 'F'
#define COMMAND(ident, name, link, args, help)                                                     \
    {name, link, args, help, cli_##ident, LETTER_##ident},
#include "cli/commands.def"
#undef COMMAND
};

enum {
    OPTION_COUNT = sizeof option_rows / sizeof option_rows[0],
    COMMAND_COUNT = sizeof command_rows / sizeof command_rows[0],
};

static void print_usage(FILE *to) {
    fprintf(to, "usage: wattle COMMAND [OPTION...] FILE...\n\nWebAssembly " WATTLE_VERSION_TEXT
                ": read, check, print, convert and run modules.\n\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(to, "  %-10s %s\n", command_rows[i].name, command_rows[i].help);
    fprintf(
        to,
        "\n`wattle COMMAND --help` shows the options of a command. `-` is the standard input or"
        " output.\nExit codes: 0 all is well, 1 bad input, 2 wrong use, 3 a file could not be read"
        " or written;\n`wattle run` gives the program's own code, 134 after a trap, and 124 when "
        "its"
        " time is over.\n");
}

static void print_command_help(const struct CommandRow *c, const Options *o) {
    printf("usage: %s [OPTION...] %s\n\n%c%s.\n\n", o->command, c->arguments,
           c->help[0] - 'a' + 'A', c->help + 1);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct OptionRow *r = &option_rows[i];
        if (!strchr(r->commands, c->letter) || !r->help[0])
            continue;
        char left[64];
        snprintf(left, sizeof left, "%c%c%s--%s%s%s", r->letter ? '-' : ' ',
                 r->letter ? r->letter : ' ', r->letter ? ", " : "  ", r->name,
                 r->argument ? " " : "", r->argument ? r->argument : "");
        printf("  %-32s %s\n", left, r->help);
    }
}

/* ---- options ---- */

typedef struct Parse {
    Options o;
    const struct CommandRow *command;
    int argc, at;
    char **argv;
} Parse;

static bool usage_error(const Parse *p, const char *what, const char *word) {
    fprintf(stderr, "%s: %s '%s'; see %s --help\n", p->o.command, what, word, p->o.command);
    return false;
}

static bool set_features(Parse *p, const char *list) {
    char bad[64];
    p->o.features_given = true;
    if (wattle_features_parse(list, &p->o.features, bad, sizeof bad))
        return true;
    return usage_error(p, "unknown feature", bad);
}

/* The well-known tools' --enable-X and --disable-X for every feature. */
static bool feature_switch(Parse *p, const char *word) {
    bool on = strncmp(word, "enable-", 7) == 0;
    if (!on && strncmp(word, "disable-", 8) != 0)
        return false;
    char list[80];
    int n = snprintf(list, sizeof list, "%c%s", on ? '+' : '-', word + (on ? 7 : 8));
    char bad[64];
    p->o.features_given = true;
    return n > 0 && (size_t)n < sizeof list &&
           wattle_features_parse(list, &p->o.features, bad, sizeof bad);
}

static bool add_to_list(const Parse *p, TextList *list, const char *text) {
    if (!list->items)
        list->items = calloc((size_t)p->argc, sizeof *list->items);
    if (!list->items)
        return usage_error(p, "out of memory at", text);
    list->items[list->count++] = text;
    return true;
}

static bool set_number(const Parse *p, unsigned long *number, const char *text) {
    char *end;
    *number = strtoul(text, &end, 10);
    if (*end || text[0] < '0' || text[0] > '9' || *number > 100000)
        return usage_error(p, "not a number:", text);
    return true;
}

static bool set_option(Parse *p, const struct OptionRow *r, const char *argument) {
    char *field = (char *)&p->o + r->field;
    switch (r->kind) {
    case KIND_FLAG:
        *(bool *)field = true;
        return true;
    case KIND_TEXT:
        *(const char **)field = argument;
        return true;
    case KIND_NUMBER:
        if (r->field == offsetof(Options, threads))
            p->o.threads_given = true;
        return set_number(p, (unsigned long *)field, argument);
    case KIND_LIST:
        return add_to_list(p, (TextList *)field, argument);
    case KIND_FEATURE:
        return set_features(p, argument);
    }
    return true;
}

static const struct OptionRow *find_option(const Parse *p, char letter, const char *name,
                                           size_t len) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct OptionRow *r = &option_rows[i];
        bool same = letter ? r->letter == letter
                           : strlen(r->name) == len && memcmp(r->name, name, len) == 0;
        if (same && strchr(r->commands, p->command->letter))
            return r;
    }
    return NULL;
}

static bool long_option(Parse *p, const char *word) {
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const struct OptionRow *r = find_option(p, 0, word, len);
    if (!r) {
        if (feature_switch(p, word))
            return true;
        return usage_error(p, "unknown option", word - 2);
    }
    if (r->kind == KIND_FLAG)
        return equals ? usage_error(p, "this option takes no value:", word - 2)
                      : set_option(p, r, NULL);
    if (equals)
        return set_option(p, r, equals + 1);
    if (p->at + 1 >= p->argc)
        return usage_error(p, "this option needs a value:", word - 2);
    return set_option(p, r, p->argv[++p->at]);
}

/* -x, -xd, -oFILE, -o FILE, -j4 */
static bool short_options(Parse *p, const char *letters) {
    for (; *letters; letters++) {
        const struct OptionRow *r = find_option(p, *letters, NULL, 0);
        if (!r)
            return usage_error(p, "unknown option", letters);
        if (r->kind == KIND_FLAG) {
            set_option(p, r, NULL);
            continue;
        }
        if (letters[1])
            return set_option(p, r, letters + 1);
        if (p->at + 1 >= p->argc)
            return usage_error(p, "this option needs a value:", letters);
        return set_option(p, r, p->argv[++p->at]);
    }
    return true;
}

static bool parse_options(Parse *p) {
    bool options = true;
    p->o.files = calloc((size_t)p->argc + 1, sizeof *p->o.files);
    if (!p->o.files)
        return false;
    for (; p->at < p->argc; p->at++) {
        char *word = p->argv[p->at];
        bool ok = true;
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && strncmp(word, "--", 2) == 0)
            ok = long_option(p, word + 2);
        else if (options && word[0] == '-' && word[1])
            ok = short_options(p, word + 1);
        else {
            p->o.files[p->o.file_count++] = word;
            /* What follows a program's file belongs to the program. */
            if (p->command->letter == 'r')
                options = false;
        }
        if (!ok)
            return false;
    }
    if (p->o.enable_all)
        set_features(p, "all");
    return true;
}

static const struct CommandRow *find_command(const char *name, bool link) {
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        const char *have = link ? command_rows[i].link : command_rows[i].name;
        if (have && strcmp(have, name) == 0)
            return &command_rows[i];
    }
    return NULL;
}

static int run_command(Parse *p) {
    p->o.features = wattle_config_default().features;
    int code = EXIT_USAGE;
    if (p->at < p->argc && strcmp(p->argv[p->at], "--version") == 0) {
        printf("%s (wattle) %s\n", p->o.command, wattle_version());
        return EXIT_OK;
    }
    if (parse_options(p)) {
        if (p->o.help) {
            print_command_help(p->command, &p->o);
            code = EXIT_OK;
        } else if (p->o.file_count == 0 && p->command->arguments[0]) {
            fprintf(stderr, "%s: no input file; see %s --help\n", p->o.command, p->o.command);
        } else {
            code = p->command->run(&p->o);
        }
    }
    free(p->o.files);
    free(p->o.keep.items);
    free(p->o.remove.items);
    free(p->o.dirs.items);
    free(p->o.envs.items);
    free(p->o.adds.items);
    free(p->o.args.items);
    free(p->o.annotations.items);
    if (fflush(stdout) != 0 && code == EXIT_OK)
        code = EXIT_IO;
    return code;
}

/* The name it was called by, without folders and without ".exe". */
static const char *own_name(const char *path, char *buffer, size_t size) {
    const char *name = path;
    for (const char *p = path; *p; p++)
        if (*p == '/' || *p == '\\')
            name = p + 1;
    size_t n = strlen(name);
    if (n > 4 && strcmp(name + n - 4, ".exe") == 0 && n - 4 < size) {
        memcpy(buffer, name, n - 4);
        buffer[n - 4] = 0;
        name = buffer;
    }
    return name;
}

int main(int argc, char **argv) {
    char buffer[64];
    wattle_program_start(&argc, &argv);
    Parse p = {.argc = argc, .argv = argv, .at = 1};
    const char *self = argc > 0 ? own_name(argv[0], buffer, sizeof buffer) : "wattle";
    p.command = find_command(self, true);
    if (p.command) {
        p.o.command = self;
        p.o.well_known_name = true;
        return run_command(&p);
    }
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
        strcmp(word, "help") == 0) {
        print_usage(word ? stdout : stderr);
        return word ? EXIT_OK : EXIT_USAGE;
    }
    if (strcmp(word, "--version") == 0) {
        printf("wattle %s\n", wattle_version());
        return EXIT_OK;
    }
    p.command = find_command(word, false);
    if (!p.command) {
        fprintf(stderr, "wattle: unknown command '%s'; see wattle --help\n", word);
        return EXIT_USAGE;
    }
    char name[64];
    snprintf(name, sizeof name, "wattle %s", word);
    p.o.command = name;
    p.at = 2;
    return run_command(&p);
}
