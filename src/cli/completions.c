/* completions: scripts for shells, made of the tables of commands and options. */
#include "cli/table.h"

#include <string.h>

/* What stands behind an option, or behind a command. */
typedef enum Value {
    VALUE_NONE,
    VALUE_WORDS,
    VALUE_FILE,
    VALUE_OTHER,
} Value;

static Value value_of(const OptionRow *r) {
    static const char *const paths[] = {"FILE", "EXECUTABLE", "FOLDER", "HOST[", "HOST::"};
    if (!r->argument)
        return VALUE_NONE;
    if (r->kind == KIND_FEATURE || (r->argument[0] >= 'a' && r->argument[0] <= 'z'))
        return VALUE_WORDS;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        if (strstr(r->argument, paths[i]))
            return VALUE_FILE;
    return VALUE_OTHER;
}

static Value value_of_command(const CommandRow *c) {
    return strchr(c->arguments, '|') ? VALUE_WORDS : c->arguments[0] ? VALUE_FILE : VALUE_NONE;
}

/* "a|b" as "a b". */
static void print_words(const char *words) {
    for (; *words; words++)
        putchar(*words == '|' ? ' ' : *words);
}

static void option_words(const OptionRow *r) {
    if (r->kind != KIND_FEATURE) {
        print_words(r->argument);
        return;
    }
    for (unsigned i = 0; wattle_feature_name(i); i++)
        printf("%s%s", i ? " " : "", wattle_feature_name(i));
}

static bool is_shown(const OptionRow *r, const CommandRow *c) {
    return cli_option_of(r, c) && r->help[0];
}

/* The value is behind a `=` or it is not one. */
static bool only_equals(const OptionRow *r) { return r->kind == KIND_MAYBE; }

/* Runs `job` for every option of the command that is shown. */
static void each_option(const CommandRow *c, void (*job)(const OptionRow *r, const CommandRow *c)) {
    for (size_t i = 0; i < cli_option_count; i++)
        if (is_shown(&cli_options[i], c))
            job(&cli_options[i], c);
}

/* ---- bash: with nothing in COMPREPLY it completes files by itself ---- */

static void bash_name(const OptionRow *r, const CommandRow *c) {
    (void)c;
    printf(" --%s", r->name);
}

/* The words behind which a value stands. */
static void bash_taker(const OptionRow *r, const CommandRow *c) {
    (void)c;
    if (value_of(r) == VALUE_NONE || only_equals(r))
        return;
    printf(" --%s", r->name);
    if (r->letter)
        printf(" -%c", r->letter);
}

static void bash_option(const OptionRow *r, const CommandRow *c) {
    (void)c;
    Value value = value_of(r);
    if (value == VALUE_NONE)
        return;
    printf("        --%s=", r->name);
    if (!only_equals(r))
        printf("|--%s", r->name);
    if (!only_equals(r) && r->letter)
        printf("|-%c", r->letter);
    printf(") kind=%s", value == VALUE_WORDS ? "words" : value == VALUE_FILE ? "file" : "other");
    if (value == VALUE_WORDS) {
        printf(" words='");
        option_words(r);
        putchar('\'');
    }
    printf(" ;;\n");
}

static void bash_command(const CommandRow *c) {
    Value value = value_of_command(c);
    printf("    %s)\n        options='", c->name);
    each_option(c, bash_name);
    printf("'\n");
    if (c->own_words) {
        printf("        takers='");
        each_option(c, bash_taker);
        printf(" '\n");
    }
    if (value == VALUE_WORDS) {
        printf("        kind=words words='");
        print_words(c->arguments);
        printf("'\n");
    } else if (value == VALUE_NONE) {
        printf("        kind=other\n");
    }
    printf("        case \"$before\" in\n");
    each_option(c, bash_option);
    printf("        *) plain=yes ;;\n        esac ;;\n");
}

static void print_bash(void) {
    printf("# bash completion for wattle, made by `wattle completions bash`\n"
           "_wattle() {\n"
           "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
           "    local command=\"${COMP_WORDS[1]}\" first=2\n"
           "    local options= takers= words= kind=file plain= i IFS=$' \\t\\n'\n"
           "    COMPREPLY=()\n"
           "    # bash makes three words of --a=b\n"
           "    if [ \"$word\" = = ]; then word= before=\"$before=\"\n"
           "    elif [ \"$before\" = = ]; then before=\"${COMP_WORDS[COMP_CWORD-2]}=\"; fi\n"
           "    if [ \"$COMP_CWORD\" = 1 ] && [[ $word != -* ]]; then\n"
           "        COMPREPLY=($(compgen -W '");
    for (size_t i = 0; i < cli_command_count; i++)
        printf("%s%s", i ? " " : "", cli_commands[i].name);
    printf("' -- \"$word\"))\n"
           "        return\n"
           "    fi\n"
           "    case \"$command\" in -*|*.*|*/*) command=run first=1 ;; esac\n"
           "    case \"$command\" in\n");
    for (size_t i = 0; i < cli_command_count; i++)
        bash_command(&cli_commands[i]);
    printf("    *) return ;;\n    esac\n"
           "    # what follows a program is its own\n"
           "    for ((i = first; i < COMP_CWORD && ${#takers}; i++)); do\n"
           "        case \"${COMP_WORDS[i]}\" in\n"
           "        =) (( i++ )) ;;\n"
           "        -*) if [ \"${COMP_WORDS[i+1]}\" != = ] &&\n"
           "                [[ $takers == *\" ${COMP_WORDS[i]} \"* ]]; then (( i++ )); fi ;;\n"
           "        *) return ;;\n"
           "        esac\n"
           "    done\n"
           "    if [ -n \"$plain\" ] && [[ $word == -* ]]; then kind=words words=\"$options\"; fi\n"
           "    case $kind in\n"
           "    words) COMPREPLY=($(compgen -W \"$words\" -- \"$word\")) ;;\n"
           "    other) compopt +o default +o bashdefault 2>/dev/null ;;\n"
           "    esac\n"
           "}\n"
           "complete -o bashdefault -o default -F _wattle wattle\n");
}

/* ---- zsh ---- */

/* Inside '...', where a description stands in [...] or behind a colon. */
static void zsh_text(const char *text) {
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", stdout);
        else if (strchr("[]:\\", *text))
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void zsh_spelling(const OptionRow *r, const char *dashes, const char *name,
                         const char *joint) {
    Value value = value_of(r);
    printf("            '*%s%s%s[", dashes, name, value == VALUE_NONE ? "" : joint);
    zsh_text(r->help);
    putchar(']');
    if (value != VALUE_NONE)
        printf("%s:value:", only_equals(r) ? ":" : "");
    if (value == VALUE_WORDS) {
        putchar('(');
        option_words(r);
        putchar(')');
    } else if (value == VALUE_FILE) {
        printf("_files");
    } else if (value == VALUE_OTHER) {
        putchar(' ');
    }
    printf("' \\\n");
}

static void zsh_option(const OptionRow *r, const CommandRow *c) {
    (void)c;
    char letter[2] = {r->letter, 0};
    zsh_spelling(r, "--", r->name, only_equals(r) ? "=-" : "=");
    if (r->letter)
        zsh_spelling(r, "-", letter, "+");
}

static void zsh_command(const CommandRow *c) {
    Value value = value_of_command(c);
    printf("    (%s)\n        _arguments -s -S %s\\\n", c->name, c->own_words ? "-A '-*' " : "");
    each_option(c, zsh_option);
    if (value == VALUE_WORDS) {
        printf("            '1:word:(");
        print_words(c->arguments);
        printf(")'\n");
    } else {
        printf("            '*:file:%s'\n", value == VALUE_FILE ? "_files" : " ");
    }
    printf("        ;;\n");
}

static void print_zsh(void) {
    printf("#compdef wattle\n"
           "# zsh completion for wattle, made by `wattle completions zsh`\n"
           "_wattle() {\n"
           "    local -a commands\n"
           "    commands=(\n");
    for (size_t i = 0; i < cli_command_count; i++) {
        printf("        '%s:", cli_commands[i].name);
        zsh_text(cli_commands[i].help);
        printf("'\n");
    }
    printf("    )\n"
           "    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
           "        _alternative 'commands:command:{_describe command commands}' \\\n"
           "            'files:program:_files'\n"
           "        return\n"
           "    fi\n"
           "    local command=$words[2]\n"
           "    case $command in\n"
           "    (-*|*.*|*/*) command=run ;;\n"
           "    (*) shift words; (( CURRENT-- )) ;;\n"
           "    esac\n"
           "    case $command in\n");
    for (size_t i = 0; i < cli_command_count; i++)
        zsh_command(&cli_commands[i]);
    printf("    esac\n"
           "}\n"
           "if [[ $funcstack[1] == _wattle ]]; then _wattle \"$@\"; else compdef _wattle wattle; "
           "fi\n");
}

/* ---- fish ---- */

static void fish_text(const char *text) {
    putchar('\'');
    for (; *text; text++)
        printf(*text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
    putchar('\'');
}

/* When something of the command is offered. */
static void fish_when(const CommandRow *c) {
    printf("complete -c wattle -n '%s__fish_seen_subcommand_from %s'",
           c->own_words ? "__fish_use_subcommand; or " : "", c->name);
}

static void fish_option(const OptionRow *r, const CommandRow *c) {
    Value value = value_of(r);
    fish_when(c);
    printf(" -l %s", r->name);
    if (r->letter)
        printf(" -s %c", r->letter);
    if (value != VALUE_NONE)
        printf("%s%s", only_equals(r) ? "" : " -r", value == VALUE_FILE ? "" : " -f");
    if (value == VALUE_WORDS) {
        printf(" -a '");
        option_words(r);
        putchar('\'');
    }
    printf(" -d ");
    fish_text(r->help);
    putchar('\n');
}

static void fish_command(const CommandRow *c) {
    printf("complete -c wattle -n __fish_use_subcommand -a %s -d ", c->name);
    fish_text(c->help);
    putchar('\n');
    if (value_of_command(c) == VALUE_WORDS) {
        fish_when(c);
        printf(" -f -a '");
        print_words(c->arguments);
        printf("'\n");
    }
    each_option(c, fish_option);
}

static void print_fish(void) {
    printf("# fish completion for wattle, made by `wattle completions fish`\n");
    for (size_t i = 0; i < cli_command_count; i++)
        fish_command(&cli_commands[i]);
}

int cli_completions(const Options *o) {
    static const struct {
        const char *shell;
        void (*print)(void);
    } rows[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; o->file_count == 1 && i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(o->files[0], rows[i].shell) == 0) {
            rows[i].print();
            return EXIT_OK;
        }
    }
    cli_say(o, "expected bash, zsh or fish, not '%s'", o->files[o->file_count - 1]);
    return EXIT_USAGE;
}
