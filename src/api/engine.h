/* The inside of the engine, for the files of this room. */
#ifndef WATTLE_API_ENGINE_H
#define WATTLE_API_ENGINE_H

#include "wasm/module.h"
#include "wattle.h"

struct wattle_engine {
    Allocator allocator;
    ReadOptions options;
    unsigned threads;
};

struct wattle_module {
    wattle_engine *engine;
    const char *name; /* for messages; in the module's arena */
    Module module;
};

#endif
