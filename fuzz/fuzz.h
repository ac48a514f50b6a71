/* What the fuzz targets share: an engine with everything on, one thread, and growing output
 * buffers. */
#ifndef WATTLE_FUZZ_H
#define WATTLE_FUZZ_H

#include "base/buf.h"
#include "wattle.h"

#include <stdlib.h>

static inline wattle_engine *fuzz_engine_with(const wattle_allocator *allocator) {
    wattle_config config = wattle_config_default();
    char bad[8];
    config.allocator = allocator;
    config.threads = 1;
    wattle_features_parse("all", &config.features, bad, sizeof bad);
    return wattle_engine_new(&config);
}
static inline wattle_engine *fuzz_engine(void) { return fuzz_engine_with(NULL); }

static inline bool fuzz_write(void *user, const void *data, size_t len) {
    buf_bytes(user, data, len);
    return true;
}

/* A finding: the input breaks a promise. */
static inline void fuzz_check(bool promise) {
    if (!promise)
        abort();
}

#endif
