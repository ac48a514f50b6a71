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
    Module module;
};

#endif
