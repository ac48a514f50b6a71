/* The server of files, for the command. */
#include "tools/serve.h"

#define WATTLE_UNSTABLE
#include "api/inside.h"

const char *wattle_serve(wattle_engine *engine, const wattle_serve_options *options,
                         const char **what) {
    Serve serve = {.folder = options->folder,
                   .address = options->address,
                   .isolate = options->isolate,
                   .live = options->live,
                   .ready = options->ready,
                   .log = options->log,
                   .stop = options->stop,
                   .user = options->user};
    const char *fault = NULL;
    OsError error = wt_serve(&serve, &engine->allocator, what, &fault);
    return fault ? fault : error == OS_OK ? NULL : wt_os_error_text(error);
}
