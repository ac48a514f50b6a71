/* The tables of the command, and the help made of them. */
#include "cli/table.h"

#include <string.h>

const OptionRow cli_options[] = {
#define OPTION(field, letter, name, kind, argument, commands, help)                                \
    {offsetof(Options, field), KIND_##kind, letter, name, argument, commands, help},
#include "cli/options.def"
#undef OPTION
};

const CommandRow cli_commands[] = {
#define COMMAND(letter, ident, name, link, args, own, help)                                        \
    {name, link, args, help, cli_##ident, letter, own},
#include "cli/commands.def"
#undef COMMAND
};

const ExampleRow cli_examples[] = {
#define EXAMPLE(command, line, what) {command, line, what},
#include "cli/examples.def"
#undef EXAMPLE
};

const size_t cli_option_count = sizeof cli_options / sizeof cli_options[0];
const size_t cli_command_count = sizeof cli_commands / sizeof cli_commands[0];
const size_t cli_example_count = sizeof cli_examples / sizeof cli_examples[0];

bool cli_option_of(const OptionRow *r, const CommandRow *c) {
    return strchr(r->commands, c->letter) != NULL;
}

const CommandRow *cli_command_named(const char *name) {
    for (size_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i].name, name) == 0)
            return &cli_commands[i];
    return NULL;
}

void cli_usage(FILE *to) {
    fprintf(to, "usage: wattle COMMAND [OPTION...] FILE...\n"
                "       wattle [OPTION...] FILE.wasm [ARGUMENT...]      as `wattle run`\n\n"
                "WebAssembly " WATTLE_VERSION_TEXT
                ": read, check, print, convert and run modules.\n\n");
    for (size_t i = 0; i < cli_command_count; i++)
        fprintf(to, "  %-11s %s\n", cli_commands[i].name, cli_commands[i].help);
    fprintf(to,
            "\n`wattle COMMAND --help` shows the options of a command, and examples. `-` is the "
            "standard input\nor output. Exit codes: 0 all is well, 1 bad input, 2 wrong use, 3 a "
            "file could not be read or\nwritten; `wattle run` gives the program's own code, 134 "
            "after a trap, and 124 when its time is\nover.\n");
}

static void print_option(const OptionRow *r) {
    char left[64];
    bool maybe = r->kind == KIND_MAYBE;
    snprintf(left, sizeof left, "%c%c%s--%s%s%s%s", r->letter ? '-' : ' ',
             r->letter ? r->letter : ' ', r->letter ? ", " : "  ", r->name,
             maybe         ? "[="
             : r->argument ? " "
                           : "",
             r->argument ? r->argument : "", maybe ? "]" : "");
    printf("  %-33s %s\n", left, r->help);
}

void cli_command_help(const CommandRow *c, const char *called) {
    printf("usage: %s [OPTION...] %s\n\n%c%s.\n\n", called, c->arguments, c->help[0] - 'a' + 'A',
           c->help + 1);
    for (size_t i = 0; i < cli_option_count; i++)
        if (cli_option_of(&cli_options[i], c) && cli_options[i].help[0])
            print_option(&cli_options[i]);
    bool first = true;
    for (size_t i = 0; i < cli_example_count; i++) {
        if (strcmp(cli_examples[i].command, c->name) != 0)
            continue;
        printf("%s  %s\n      %s\n", first ? "\nExamples:\n" : "", cli_examples[i].line,
               cli_examples[i].what);
        first = false;
    }
}
