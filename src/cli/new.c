/* new: a project to begin with, a module and a page, from templates.def. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *languages, *path, *text;
} templates[] = {
#define TEMPLATE(languages, path, text) {languages, path, text},
#include "cli/templates.def"
#undef TEMPLATE
};
enum { TEMPLATE_COUNT = sizeof templates / sizeof templates[0] };

static const char mark[] = "@NAME@";

/* Letters, digits, - and _, a letter first: a file, a package and a word in a page. */
static bool name_fits(const char *name) {
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_");
    return name[0] >= 'a' && name[0] <= 'z' && !name[n] && n <= 64;
}

static bool write_filled(wattle_output *out, const char *text, const char *name) {
    const char *at;
    bool ok = true;
    for (; ok && (at = strstr(text, mark)) != NULL; text = at + sizeof mark - 1)
        ok = wattle_output_write(out, text, (size_t)(at - text)) &&
             wattle_output_write(out, name, strlen(name));
    return ok && wattle_output_write(out, text, strlen(text));
}

/* All templates of one path that are for the language, one behind the other. */
static const char *write_template(wattle_engine *engine, size_t first, char letter,
                                  const char *name) {
    char path[256];
    const char *why = NULL, *at = strstr(templates[first].path, mark);
    int before = at ? (int)(at - templates[first].path) : 0;
    snprintf(path, sizeof path, "%s/%.*s%s%s", name, before, templates[first].path, at ? name : "",
             at ? at + sizeof mark - 1 : templates[first].path);
    wattle_output *out = wattle_output_open(engine, path, &why);
    if (!out)
        return why;
    bool ok = true;
    for (size_t i = first; ok && i < TEMPLATE_COUNT; i++)
        if (strchr(templates[i].languages, letter) &&
            strcmp(templates[i].path, templates[first].path) == 0)
            ok = write_filled(out, templates[i].text, name);
    return wattle_output_close(out, ok);
}

static bool is_first(size_t index, char letter) {
    for (size_t i = 0; i < index; i++)
        if (strchr(templates[i].languages, letter) &&
            strcmp(templates[i].path, templates[index].path) == 0)
            return false;
    return strchr(templates[index].languages, letter) != NULL;
}

int cli_new(const Options *o) {
    const char *language = o->files[0];
    char letter = strcmp(language, "wat") == 0    ? 'w'
                  : strcmp(language, "c") == 0    ? 'c'
                  : strcmp(language, "rust") == 0 ? 'r'
                                                  : 0;
    if (o->file_count != 2 || !letter) {
        cli_say(o, "expected wat, c or rust, and a NAME");
        return EXIT_USAGE;
    }
    const char *name = o->files[1], *why = NULL;
    if (!name_fits(name)) {
        cli_say(o, "%s: a name has small letters, digits, - and _, a letter first", name);
        return EXIT_USAGE;
    }
    wattle_engine *engine = cli_engine(o);
    if (!engine)
        return EXIT_IO;
    char real[4096];
    why = wattle_real_path(name, real, sizeof real) ? "it is there already"
                                                    : wattle_folders_make(name, "");
    for (size_t i = 0; i < TEMPLATE_COUNT && !why; i++)
        if (is_first(i, letter))
            why = write_template(engine, i, letter, name);
    wattle_engine_free(engine);
    if (why) {
        cli_say(o, "%s: %s", name, why);
        return EXIT_IO;
    }
    printf("%s is a project now: cd %s && npm run build && npm start\n", name, name);
    return EXIT_OK;
}
