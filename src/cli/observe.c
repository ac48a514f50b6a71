/* --stats, --profile and --trace, and the signals that end a program.

   Without an option that has something to tell at the end, signals keep their default action: the
   kernel stops the guest at once. Otherwise they are told to a thread here; it lets the program
   come to its end when that can be (an interruptible store), tells what there is to tell, and ends
   the process by the same signal, so that a shell sees what it expects. */
#include "cli/observe.h"
#include "cli/profile.h"

#include <stdlib.h>
#include <string.h>

/* What a program has to come out of a call of the system after a signal. */
#define SIGNAL_GRACE UINT64_C(500000000)
/* A signal so soon after another is the same one: timeout(1) sends it to the process and to its
   group. Later it means that somebody has no more patience. */
#define SIGNAL_ECHO UINT64_C(300000000)

static bool traces_instructions(const Options *o) {
    return o->trace && strcmp(o->trace, "instructions") == 0;
}

bool cli_observe_wasi(const Observer *b) { return b->o->trace && !traces_instructions(b->o); }

bool cli_observe_line(void *observer, const void *line, size_t len) {
    Observer *b = observer;
    uint64_t n = atomic_fetch_add_explicit(&b->trace_lines, 1, memory_order_relaxed);
    if (n == b->trace_most)
        cli_say(b->o, "the trace ends here, after %llu lines", (unsigned long long)n);
    return n >= b->trace_most || wattle_stderr_write(NULL, line, len);
}

bool cli_observe_read(Observer *b, const Options *o, wattle_engine *engine,
                      wattle_store_config *config) {
    b->o = o;
    b->engine = engine;
    atomic_init(&b->signal, 0);
    atomic_init(&b->ending, false);
    if (o->stats && o->stats[0] && strcmp(o->stats, "instructions") != 0) {
        cli_say(o, "--stats counts instructions, or nothing, not '%s'", o->stats);
        return false;
    }
    if (o->trace && o->trace[0] && strcmp(o->trace, "wasi") != 0 && !traces_instructions(o)) {
        cli_say(o, "--trace tells the calls of wasi, or instructions, not '%s'", o->trace);
        return false;
    }
    b->trace_most = UINT64_MAX;
    if (o->trace_limit && !cli_bounds_amount(o->trace_limit, false, &b->trace_most)) {
        cli_say(o, "--trace-limit is a number of lines, not '%s'", o->trace_limit);
        return false;
    }
    if (o->trace_limit && !o->trace) {
        cli_say(o, "--trace-limit bounds a trace, and there is no --trace");
        return false;
    }
    config->trace = traces_instructions(o);
    config->interruptible |= o->profile != NULL;
    config->fuel |= o->stats && o->stats[0];
    return true;
}

/* ---- stats ---- */

static void print_bytes(const char *what, uint64_t bytes, const char *of) {
    fprintf(stderr, "  %-13s %.1f MiB%s\n", what, (double)bytes / (1 << 20), of);
}

static void print_seconds(const char *what, uint64_t ns) {
    fprintf(stderr, "  %-13s %.6f s\n", what, (double)ns / 1e9);
}

static void print_stats(const Observer *b) {
    wattle_usage used;
    uint64_t left, now = wattle_now();
    bool first = b->store && wattle_store_get_fuel(b->store, &left) == WATTLE_OK;
    fprintf(stderr, "%s: %s\n", b->o->command, b->o->files[0]);
    print_seconds("time", now - b->began);
    print_seconds("  to load", (b->loaded ? b->loaded : now) - b->began);
    if (wattle_process_usage(&used)) {
        print_seconds("  processor", used.user_ns + used.system_ns);
        print_seconds("    kernel", used.system_ns);
        print_bytes("peak memory", used.peak_bytes, ", the whole process");
        fprintf(stderr, "  %-13s %llu, and %llu from disk\n", "page faults",
                (unsigned long long)used.minor_faults, (unsigned long long)used.major_faults);
    }
    if (first)
        fprintf(stderr, "  %-13s %llu\n", "instructions", (unsigned long long)(b->fuel - left));
    else
        fprintf(stderr, "  %-13s not counted; --stats=instructions does, and is slower\n",
                "instructions");
}

/* ---- signals ---- */

static void tell_all(Observer *b) {
    if (b->o->stats)
        print_stats(b);
}

static void has_not_reacted(void *user) {
    Observer *b = user;
    if (atomic_load(&b->ending))
        return;
    cli_observe_drop(b);
    wattle_signal_end(atomic_load(&b->signal));
}

/* On the thread of the signals. */
static void take_signal(void *user, int signal) {
    Observer *b = user;
    int before = atomic_exchange(&b->signal, signal);
    uint64_t now = wattle_now();
    if (before && now - b->signalled < SIGNAL_ECHO)
        return;
    b->signalled = now;
    if (before || !b->o->profile) {
        if (!before)
            tell_all(b);
        cli_observe_drop(b);
        wattle_signal_end(signal);
    }
    wattle_store_interrupt(b->store);
    b->last = wattle_timer_start(b->engine, SIGNAL_GRACE, has_not_reacted, b);
}

bool cli_observe_open(Observer *b) {
    const char *path = b->o->profile, *why = NULL;
    if (path && path[0])
        atomic_store(&b->profile_file, wattle_output_open(b->engine, path, &why));
    if (why)
        cli_say(b->o, "cannot write the profile to %s: %s", path, why);
    return !why;
}

void cli_observe_drop(Observer *b) {
    wattle_output *file = atomic_exchange(&b->profile_file, NULL);
    if (file)
        (void)wattle_output_close(file, false);
}

void cli_observe_start(Observer *b, const Bounds *bounds, wattle_store *store) {
    b->store = store;
    b->loaded = wattle_now();
    b->fuel = b->o->fuel ? bounds->fuel : UINT64_MAX;
    if (!b->o->fuel)
        wattle_store_set_fuel(store, b->fuel); /* refused where nothing is counted */
    if (b->o->stats || b->o->profile || wattle_is_first_process())
        b->signals = wattle_signals_watch(b->engine, take_signal, b);
    if (b->o->profile)
        b->profile = cli_profile_start(b->engine, store);
    if (traces_instructions(b->o))
        wattle_store_set_trace(store, cli_observe_line, b);
    if (b->o->profile && !b->profile)
        cli_say(b->o, "cannot start the profiler");
}

bool cli_observe_end(Observer *b) {
    bool written = true;
    atomic_store(&b->ending, true);
    if (b->profile) { /* while signals are still watched: an echo must not end it */
        cli_profile_stop(b->profile);
        written = cli_profile_tell(b->profile, b->o, atomic_exchange(&b->profile_file, NULL));
        cli_profile_free(b->profile);
    }
    wattle_signals_free(b->signals);
    wattle_timer_stop(b->last);
    tell_all(b);
    int signal = atomic_load(&b->signal);
    if (signal)
        wattle_signal_end(signal);
    return written;
}
