/* serve: the files of a folder for a browser on this machine. */
#include "cli/cli.h"

#include <stdlib.h>

typedef struct ServeJob {
    const Options *o;
    const char *folder, *address;
} ServeJob;

static void say_ready(void *user) {
    const ServeJob *job = user;
    fprintf(stderr, "%s: %s is at http://%s/ (Ctrl-C ends it)\n", job->o->command, job->folder,
            job->address);
}

static void say_answer(void *user, const char *method, const char *path, unsigned status,
                       uint64_t size) {
    (void)user;
    fprintf(stderr, "%u %s /%s", status, method, path);
    fprintf(stderr, size ? " (%llu bytes)\n" : "\n", (unsigned long long)size);
}

int cli_serve(const Options *o) {
    char *end = NULL, address[32];
    unsigned long port = o->port ? strtoul(o->port, &end, 10) : 8080;
    if (o->port && (*end || o->port[0] < '0' || o->port[0] > '9' || port < 1 || port > 65535)) {
        cli_say(o, "--port is no number from 1 to 65535: %s", o->port);
        return EXIT_USAGE;
    }
    if (o->file_count > 1) {
        cli_say(o, "serves one FOLDER");
        return EXIT_USAGE;
    }
    wattle_engine *engine = cli_engine(o);
    if (!engine)
        return EXIT_IO;
    snprintf(address, sizeof address, "localhost:%lu", port);
    ServeJob job = {o, o->file_count ? o->files[0] : ".", address};
    wattle_serve_options options = {.size = sizeof options,
                                    .folder = job.folder,
                                    .address = address,
                                    .isolate = o->isolate,
                                    .live = !o->no_live,
                                    .ready = say_ready,
                                    .log = o->verbose ? say_answer : NULL,
                                    .user = &job};
    const char *what = NULL;
    wattle_ignore_broken_pipes();
    const char *why = wattle_serve(engine, &options, &what);
    if (why)
        cli_say(o, "%s: %s", what[0] == 'f' ? job.folder : address, why);
    wattle_engine_free(engine);
    return why ? EXIT_IO : EXIT_OK;
}
