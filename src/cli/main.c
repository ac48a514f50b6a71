/* main: finds the command (first word, or the name of a link), parses its options by the table, and
 * calls it. */
#include "cli/bundle.h"
#include "cli/table.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- options ---- */

typedef struct Parse {
    Options o;
    const CommandRow *command;
    int argc, at;
    char **argv;
} Parse;

static bool usage_error(const Parse *p, const char *what, const char *word) {
    fprintf(stderr, "%s: %s '%s'; see %s --help\n", p->o.command, what, word, p->o.command);
    return false;
}

static bool add_to_list(const Parse *p, TextList *list, const char *text) {
    if (!list->items)
        list->items = calloc((size_t)p->argc, sizeof *list->items);
    if (!list->items)
        return usage_error(p, "out of memory at", text);
    list->items[list->count++] = text;
    return true;
}

static bool set_features(Parse *p, const char *list) {
    char bad[64];
    p->o.features_given = true;
    if (wattle_features_parse(list, &p->o.features, bad, sizeof bad))
        return add_to_list(p, &p->o.feature_lists, list);
    return usage_error(p, "unknown feature", bad);
}

static bool read_cpu(Parse *p) {
    char bad[64];
    if (!p->o.cpu || wattle_cpu_parse(p->o.cpu, &p->o.cpu_without, bad, sizeof bad))
        return true;
    fprintf(stderr, "%s: unknown word '%s' in --cpu; there are native, generic", p->o.command, bad);
    for (unsigned i = 0; wattle_cpu_extension(i); i++)
        fprintf(stderr, ", %s", wattle_cpu_extension(i));
    fputc('\n', stderr);
    return false;
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

static bool set_number(const Parse *p, const OptionRow *r, unsigned long *number,
                       const char *text) {
    enum { MOST = 100000 };
    char *end;
    *number = strtoul(text, &end, 10);
    if (!*end && text[0] >= '0' && text[0] <= '9' && *number <= MOST)
        return true;
    fprintf(stderr, "%s: --%s is a number from 0 to %d, not '%s'\n", p->o.command, r->name, MOST,
            text);
    return false;
}

/* Of an option whose row lists the words that it may be: whether this is one, else a message. */
static bool takes_word(const Parse *p, const OptionRow *r, const char *word) {
    if (r->argument[0] < 'a' || r->argument[0] > 'z')
        return true;
    char list[100] = "";
    size_t used = 0;
    for (const char *at = r->argument; *at;) {
        size_t len = strcspn(at, "|");
        if (len == strlen(word) && memcmp(at, word, len) == 0)
            return true;
        const char *between = !used ? "" : at[len] ? ", " : " or ";
        int n = snprintf(list + used, sizeof list - used, "%s%.*s", between, (int)len, at);
        used += n > 0 ? (size_t)n : 0;
        at += len + (at[len] == '|');
    }
    fprintf(stderr, "%s: --%s is %s, not '%s'\n", p->o.command, r->name, list, word);
    return false;
}

static bool set_option(Parse *p, const OptionRow *r, const char *argument) {
    char *field = (char *)&p->o + r->field;
    switch (r->kind) {
    case KIND_FLAG:
        *(bool *)field = true;
        return true;
    case KIND_TEXT:
        *(const char **)field = argument;
        return takes_word(p, r, argument);
    case KIND_MAYBE:
        *(const char **)field = argument;
        return true;
    case KIND_NUMBER:
        if (r->field == offsetof(Options, threads))
            p->o.threads_given = true;
        return set_number(p, r, (unsigned long *)field, argument);
    case KIND_LIST:
        return add_to_list(p, (TextList *)field, argument);
    case KIND_FEATURE:
        return set_features(p, argument);
    }
    return true;
}

static const OptionRow *find_option(const Parse *p, char letter, const char *name, size_t len) {
    for (size_t i = 0; i < cli_option_count; i++) {
        const OptionRow *r = &cli_options[i];
        bool same = letter ? r->letter == letter
                           : strlen(r->name) == len && memcmp(r->name, name, len) == 0;
        if (same && cli_option_of(r, p->command))
            return r;
    }
    return NULL;
}

/* Keeps the known word that is nearest to what was written. */
static void keep_nearer(const char *word, const char *known, const char **near, unsigned *best) {
    unsigned distance = wattle_word_distance(word, known);
    if (distance < *best) {
        *best = distance;
        *near = known;
    }
}

static bool unknown_option(const Parse *p, const char *word, size_t len) {
    const char *near = NULL;
    unsigned best = UINT_MAX;
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)(len < 63 ? len : 63), word);
    for (size_t i = 0; i < cli_option_count; i++) {
        const OptionRow *r = &cli_options[i];
        if (cli_option_of(r, p->command) && r->help[0])
            keep_nearer(name, r->name, &near, &best);
    }
    fprintf(stderr, "%s: unknown option '--%s'", p->o.command, name);
    if (near)
        fprintf(stderr, "; did you mean --%s?\n", near);
    else
        fprintf(stderr, "; see %s --help\n", p->o.command);
    return false;
}

static bool needs_value(const Parse *p, const OptionRow *r, const char *word) {
    fprintf(stderr, "%s: %s needs a value: %s %s; see %s --help\n", p->o.command, word, word,
            r->argument, p->o.command);
    return false;
}

static bool long_option(Parse *p, const char *word) {
    const char *equals = strchr(word, '=');
    size_t len = equals ? (size_t)(equals - word) : strlen(word);
    const OptionRow *r = find_option(p, 0, word, len);
    if (!r) {
        if (feature_switch(p, word))
            return true;
        return unknown_option(p, word, len);
    }
    if (r->kind == KIND_MAYBE)
        return set_option(p, r, equals ? equals + 1 : "");
    if (r->kind == KIND_FLAG)
        return equals ? usage_error(p, "this option takes no value:", word - 2)
                      : set_option(p, r, NULL);
    if (equals)
        return set_option(p, r, equals + 1);
    if (p->at + 1 >= p->argc)
        return needs_value(p, r, word - 2);
    return set_option(p, r, p->argv[++p->at]);
}

/* -x, -xd, -oFILE, -o FILE, -j4 */
static bool short_options(Parse *p, const char *letters) {
    for (; *letters; letters++) {
        const char word[] = {'-', *letters, 0};
        const OptionRow *r = find_option(p, *letters, NULL, 0);
        if (!r)
            return usage_error(p, "unknown option", word);
        if (r->kind == KIND_FLAG || r->kind == KIND_MAYBE) {
            set_option(p, r, "");
            continue;
        }
        if (letters[1])
            return set_option(p, r, letters + 1);
        if (p->at + 1 >= p->argc)
            return needs_value(p, r, word);
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
            if (p->command->own_words)
                options = false;
        }
        if (!ok)
            return false;
    }
    if (p->o.enable_all)
        set_features(p, "all");
    return read_cpu(p);
}

static void free_lists(Parse *p) {
    free(p->o.files);
    free(p->o.feature_lists.items);
    for (size_t i = 0; i < cli_option_count; i++)
        if (cli_options[i].kind == KIND_LIST) {
            TextList *list = (TextList *)((char *)&p->o + cli_options[i].field);
            free(list->items);
            list->items = NULL; /* other spellings have the same list */
        }
}

static int run_command(Parse *p) {
    p->o.features = wattle_config_default().features;
    int code = EXIT_USAGE;
    if (!p->o.bundled.data && p->at < p->argc && strcmp(p->argv[p->at], "--version") == 0) {
        printf("%s (wattle) %s\n", p->o.command, wattle_version());
        return EXIT_OK;
    }
    if (parse_options(p)) {
        if (p->o.help) {
            cli_command_help(p->command, p->o.command);
            code = EXIT_OK;
        } else if (p->o.file_count == 0 && p->command->arguments[0] &&
                   p->command->arguments[0] != '[') {
            bool words = strchr(p->command->arguments, '|') != NULL;
            fprintf(stderr, "%s: %s%s; see %s --help\n", p->o.command,
                    words ? "expected " : "no input file", words ? p->command->arguments : "",
                    p->o.command);
        } else {
            code = p->command->run(&p->o);
        }
    }
    free_lists(p);
    if (fflush(stdout) != 0 && code == EXIT_OK)
        code = EXIT_IO;
    return code;
}

static const CommandRow *command_of_link(const char *self) {
    for (size_t i = 0; i < cli_command_count; i++)
        if (cli_commands[i].link && strcmp(cli_commands[i].link, self) == 0)
            return &cli_commands[i];
    return NULL;
}

static int unknown_command(const char *word) {
    const char *near = NULL;
    unsigned best = UINT_MAX;
    for (size_t i = 0; i < cli_command_count; i++)
        keep_nearer(word, cli_commands[i].name, &near, &best);
    fprintf(stderr, "wattle: unknown command '%s'; ", word);
    if (near)
        fprintf(stderr, "did you mean %s?\n", near);
    else
        fprintf(stderr, "see wattle --help, or `wattle run %s` to run a file of this name\n", word);
    return EXIT_USAGE;
}

/* No command is spelled like a path or an option. So a file in the current folder never takes the
   place of a command. */
static bool is_program(const char *word) { return word[0] == '-' || word[strcspn(word, "./\\")]; }

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

/* The executable carries a program: its options, then the name it was called by and the words for
   it, as `run` would be given them. */
static int run_bundle(int argc, char **argv, const char *self) {
    Parse p = {.at = 1, .command = cli_command_named("run")};
    Bundle b;
    p.o.command = self;
    if (!cli_bundle_open(&b, &p.o))
        return EXIT_IO;
    char **words = calloc(b.word_count + (size_t)argc + 3, sizeof *words);
    int code = EXIT_IO;
    if (words) {
        const char *word = b.words;
        words[p.argc++] = argv[0];
        for (size_t i = 0; i < b.word_count; i++, word += strlen(word) + 1) {
            words[p.argc++] = (char *)(uintptr_t)word;
            if (i == b.option_count)
                words[p.argc++] = argv[0];
        }
        for (int i = 1; i < argc; i++)
            words[p.argc++] = argv[i];
        p.argv = words;
        p.o.bundled = b.module;
        code = run_command(&p);
    }
    free(words);
    cli_bundle_close(&b);
    return code;
}

int main(int argc, char **argv) {
    char buffer[64];
    wattle_program_start(&argc, &argv);
    Parse p = {.argc = argc, .argv = argv, .at = 1};
    const char *self = argc > 0 ? own_name(argv[0], buffer, sizeof buffer) : "wattle";
    if (argc > 0 && cli_bundle_here())
        return run_bundle(argc, argv, self);
    p.command = command_of_link(self);
    if (p.command) {
        p.o.command = self;
        p.o.well_known_name = true;
        return run_command(&p);
    }
    const char *word = argc > 1 ? argv[1] : NULL;
    if (!word || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 ||
        strcmp(word, "help") == 0) {
        cli_usage(word ? stdout : stderr);
        return word ? EXIT_OK : EXIT_USAGE;
    }
    if (strcmp(word, "--version") == 0) {
        printf("wattle %s\n", wattle_version());
        return EXIT_OK;
    }
    char name[64] = "wattle";
    p.o.command = name;
    if (is_program(word)) {
        p.command = cli_command_named("run");
        return run_command(&p);
    }
    p.command = cli_command_named(word);
    if (!p.command)
        return unknown_command(word);
    snprintf(name, sizeof name, "wattle %s", word);
    p.at = 2;
    return run_command(&p);
}
