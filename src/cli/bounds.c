/* What `run` lets a program use: the options, and the timers of --timeout. */
#include "cli/bounds.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a program has to come out of a call of the system when its time is over. */
#define GRACE UINT64_C(1000000000)

enum { DEFAULT_THREADS = 1024 };

/* A number of seconds, "2" or "0.25", in nanoseconds; false: it is none. */
static bool read_seconds(const char *text, uint64_t *ns) {
    char *end;
    double seconds = strtod(text, &end);
    if (end == text || *end || !(seconds >= 0) || seconds > 1e9)
        return false;
    *ns = (uint64_t)(seconds * 1e9);
    return true;
}

bool cli_bounds_amount(const char *text, bool size, uint64_t *n) {
    char *end;
    errno = 0;
    *n = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || errno != 0)
        return false;
    const char *unit = *end && size ? strchr("KMG", *end) : NULL;
    unsigned shift = unit ? 10u * (unsigned)(unit - "KMG" + 1) : 0;
    if (*n > UINT64_MAX >> shift)
        return false;
    *n <<= shift;
    return !end[unit != NULL];
}

/* A bound that is given must not be 0, which would mean none. */
static bool read_bound(const Options *o, const char *name, const char *text, bool size,
                       uint64_t *n) {
    if (!text || (cli_bounds_amount(text, size, n) && *n))
        return true;
    cli_say(o, "--%s is %s and more than 0, not '%s'", name,
            size ? "a number of bytes such as 100000, 64M or 2G," : "a number such as 1000", text);
    return false;
}

bool cli_bounds_read(Bounds *b, const Options *o, wattle_store_config *config) {
    *b = (Bounds){.o = o};
    uint64_t stack = 0;
    config->interruptible = o->timeout != NULL;
    config->fuel = o->fuel != NULL;
    if (o->timeout && !read_seconds(o->timeout, &b->timeout)) {
        cli_say(o, "--timeout is a number of seconds such as 10 or 0.25, not '%s'", o->timeout);
        return false;
    }
    if (o->fuel && !cli_bounds_amount(o->fuel, false, &b->fuel)) {
        cli_say(o, "--fuel is a number of instructions such as 1000000, not '%s'", o->fuel);
        return false;
    }
    if (!read_bound(o, "max-memory", o->max_memory, true, &config->total_memory_bytes) ||
        !read_bound(o, "max-heap", o->max_heap, true, &config->heap_bytes) ||
        !read_bound(o, "max-table", o->max_table, false, &config->total_table_elements) ||
        !read_bound(o, "max-stack", o->max_stack, true, &stack))
        return false;
    uint64_t threads = DEFAULT_THREADS;
    if (o->max_threads && !cli_bounds_amount(o->max_threads, false, &threads)) {
        cli_say(o, "--max-threads is a number, 0 for none, not '%s'", o->max_threads);
        return false;
    }
    b->max_threads = threads < UINT32_MAX ? (uint32_t)threads : UINT32_MAX;
    config->stack_bytes = stack < SIZE_MAX ? (size_t)stack : SIZE_MAX;
    return true;
}

static bool string_is(wattle_string s, const char *text) {
    return s.len == strlen(text) && memcmp(s.data, text, s.len) == 0;
}

static bool starts_threads(const wattle_module *module) {
    for (size_t i = 0; i < wattle_module_import_count(module); i++) {
        wattle_import import = wattle_module_import(module, i);
        if (string_is(import.module, "wasi") && string_is(import.name, "thread-spawn"))
            return true;
    }
    return false;
}

void cli_bounds_fit(const Bounds *b, const wattle_module *module, wattle_store_config *config) {
    config->interruptible |= b->max_threads && starts_threads(module);
}

static void time_is_over(void *user) { wattle_store_interrupt(((Bounds *)user)->store); }

/* Where there are no threads. */
static void look_at_clock(void *user) {
    if (wattle_now() >= ((Bounds *)user)->deadline)
        time_is_over(user);
}

/* The program waits in a call of the system, where nobody can interrupt it. */
static void time_is_long_over(void *user) {
    cli_say(((Bounds *)user)->o, "the program does not react to the timeout");
    _Exit(EXIT_TIMEOUT);
}

bool cli_bounds_start(Bounds *b, wattle_engine *engine, wattle_store *store) {
    b->store = store;
    if (b->o->fuel)
        wattle_store_set_fuel(store, b->fuel);
    if (!b->o->timeout)
        return true;
    b->deadline = wattle_now() + b->timeout;
    if (wattle_store_set_ticker(store, look_at_clock, b))
        return true;
    b->timers[0] = wattle_timer_start(engine, b->timeout, time_is_over, b);
    b->timers[1] = wattle_timer_start(engine, b->timeout + GRACE, time_is_long_over, b);
    if (b->timers[0] && b->timers[1])
        return true;
    cli_say(b->o, "cannot start a timer");
    return false;
}

bool cli_bounds_stop(Bounds *b, wattle_status status) {
    wattle_timer_stop(b->timers[0]);
    wattle_timer_stop(b->timers[1]);
    return b->o->timeout && status == WATTLE_TRAP &&
           wattle_store_trap_code(b->store) == WATTLE_TRAP_interrupt;
}
