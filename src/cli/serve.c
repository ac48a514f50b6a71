/* serve and playground: the files of a folder for a browser on this machine. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

typedef struct ServeJob {
    const Options *o;
    const char *what, *address;
} ServeJob;

static void say_ready(void *user) {
    const ServeJob *job = user;
    fprintf(stderr, "%s: %s is at http://%s/ (Ctrl-C ends it)\n", job->o->command, job->what,
            job->address);
}

static void say_answer(void *user, const char *method, const char *path, unsigned status,
                       uint64_t size) {
    (void)user;
    fprintf(stderr, "%u %s /%s", status, method, path);
    fprintf(stderr, size ? " (%llu bytes)\n" : "\n", (unsigned long long)size);
}

/* Serves the folder, which messages call `what`. */
static int serve_folder(const Options *o, wattle_engine *engine, const char *folder,
                        const char *what, bool live) {
    char *end = NULL, address[32];
    unsigned long port = o->port ? strtoul(o->port, &end, 10) : 8080;
    if (o->port && (*end || o->port[0] < '0' || o->port[0] > '9' || port < 1 || port > 65535)) {
        cli_say(o, "--port is no number from 1 to 65535: %s", o->port);
        return EXIT_USAGE;
    }
    snprintf(address, sizeof address, "localhost:%lu", port);
    ServeJob job = {o, what, address};
    wattle_serve_options options = {.size = sizeof options,
                                    .folder = folder,
                                    .address = address,
                                    .isolate = o->isolate,
                                    .live = live,
                                    .ready = say_ready,
                                    .log = o->verbose ? say_answer : NULL,
                                    .user = &job};
    const char *wrong = NULL;
    wattle_ignore_broken_pipes();
    const char *why = wattle_serve(engine, &options, &wrong);
    if (why)
        cli_say(o, "%s: %s", wrong[0] == 'f' ? folder : address, why);
    return why ? EXIT_IO : EXIT_OK;
}

int cli_serve(const Options *o) {
    if (o->file_count > 1) {
        cli_say(o, "serves one FOLDER");
        return EXIT_USAGE;
    }
    wattle_engine *engine = cli_engine(o);
    if (!engine)
        return EXIT_IO;
    const char *folder = o->file_count ? o->files[0] : ".";
    int code = serve_folder(o, engine, folder, folder, !o->no_live);
    wattle_engine_free(engine);
    return code;
}

/* ---- playground ---- */

/* Where `make install` puts the page, from the folder of the command; and in a tree that was built
   in build/PRESET. */
static const char *const page_places[] = {"../share/wattle/playground", "../web/playground"};

/* The folder of the page into `path`; false: it is in none of the places. `page` is opened. */
static bool find_page(const Options *o, wattle_engine *engine, char *path, size_t size,
                      wattle_file **page) {
    char self[4096], real[4096], file[4200];
    const char *why;
    if (o->file_count) {
        snprintf(path, size, "%s", o->files[0]);
        snprintf(file, sizeof file, "%s/offline.html", path);
        return (*page = wattle_file_open(engine, file, &why)) != NULL;
    }
    if (!wattle_self_path(self, sizeof self) || !wattle_real_path(self, real, sizeof real))
        return false;
    size_t folder = strlen(real);
    while (folder && real[folder - 1] != '/' && real[folder - 1] != '\\')
        folder--;
    for (size_t i = 0; i < sizeof page_places / sizeof *page_places; i++) {
        snprintf(path, size, "%.*s%s", (int)folder, real, page_places[i]);
        snprintf(file, sizeof file, "%s/offline.html", path);
        if ((*page = wattle_file_open(engine, file, &why)) != NULL)
            return true;
    }
    return false;
}

int cli_playground(const Options *o) {
    if (o->file_count > 1) {
        cli_say(o, "takes one FOLDER");
        return EXIT_USAGE;
    }
    wattle_engine *engine = cli_engine(o);
    if (!engine)
        return EXIT_IO;
    char folder[4160];
    wattle_file *page = NULL;
    int code = EXIT_IO;
    if (!find_page(o, engine, folder, sizeof folder, &page))
        cli_say(o,
                "%s: the page is not there (`make playground` builds it in "
                "build/web/playground)",
                o->file_count ? o->files[0] : "share/wattle/playground");
    else if (!o->output)
        code = serve_folder(o, engine, folder, "the playground", false);
    else if (cli_write_file(o, engine, o->output, wattle_file_data(page), wattle_file_size(page)))
        code = EXIT_OK;
    wattle_file_close(page);
    wattle_engine_free(engine);
    return code;
}
