/* The tables of the command as rows: what main parses by, and help and completions are made of. */
#ifndef WATTLE_CLI_TABLE_H
#define WATTLE_CLI_TABLE_H

#include "cli/cli.h"

typedef enum OptionKind {
    KIND_FLAG,
    KIND_TEXT,
    KIND_MAYBE, /* a text behind `=`, or none: the empty text */
    KIND_NUMBER,
    KIND_LIST,
    KIND_FEATURE,
} OptionKind;

typedef struct OptionRow {
    size_t field; /* of Options */
    OptionKind kind;
    char letter; /* 0: none */
    const char *name, *argument, *commands, *help;
} OptionRow;

typedef struct CommandRow {
    const char *name, *link, *arguments, *help;
    int (*run)(const Options *o);
    char letter;    /* in OptionRow.commands */
    bool own_words; /* what follows the first file is not ours */
} CommandRow;

typedef struct ExampleRow {
    const char *command, *line, *what;
} ExampleRow;

extern const OptionRow cli_options[];
extern const CommandRow cli_commands[];
extern const ExampleRow cli_examples[];
extern const size_t cli_option_count, cli_command_count, cli_example_count;

/* Whether a row is an option of the command. */
bool cli_option_of(const OptionRow *r, const CommandRow *c);
const CommandRow *cli_command_named(const char *name);

/* The pages of --help. */
void cli_usage(FILE *to);
void cli_command_help(const CommandRow *c, const char *called);

#endif
