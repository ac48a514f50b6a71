/* Compiling all functions of a module at once, on several threads. The code is put in its place in
   the order of the functions, so that it is the same however many threads there were: whoever has
   the first job that is not in its place, is at the head; it places its own functions at once, and
   when it is done those of the jobs behind that are done too. Others keep copies until then, and
   run ahead only so far. Path: native.c, when code is loaded; api/native.c -> here. */
#include "base/os.h"
#include "jit/cwat.h"
#include "jit/native.h"

enum {
    EAGER_job = 4 << 10,    /* bytes of wasm that a thread takes at a time, or more */
    EAGER_funcs = 64,       /* or so many functions */
    EAGER_jobs = 256,       /* that are begun and not in their place */
    EAGER_ahead = 64 << 10, /* bytes of wasm in those, at least; for each thread */
    EAGER_part = 8,         /* or this part of the module */
    EAGER_least = 32 << 10, /* bytes of wasm that are worth a thread */
};

/* A function's code and all that goes with it, in one block. */
typedef struct EagerCopy {
    struct EagerCopy *next;
    size_t size; /* of the block */
    uint32_t defined;
    Compiled made;
} EagerCopy;

typedef struct EagerJob {
    uint32_t from, to;
    size_t bytes;
    EagerCopy *first, **end;
    bool done;
} EagerJob;

typedef struct EagerWork {
    const Allocator *allocator; /* called by all threads */
    Segment *seg;
    CwatWriter *writer;      /* NULL: there is no file */
    Native *workers;         /* of each thread */
    EagerJob *jobs;          /* by their number, modulo EAGER_jobs */
    uint32_t count, next;    /* functions; the first that nobody has taken */
    uint32_t taken;          /* jobs */
    atomic_uint placed;      /* changed under the mutex, by who is at the head */
    size_t ahead, ahead_max; /* bytes of wasm */
    size_t passed;           /* of the module; by who is at the head */
    bool failed;
    OsMutex mutex; /* for all of these but the blocks of jobs */
    OsCond changed;
} EagerWork;

static const void *keep_rows(uint8_t **at, const void *rows, size_t size) {
    uint8_t *to = *at;
    if (size)
        memcpy(to, rows, size);
    *at += (size + 7) & ~(size_t)7;
    return to;
}

/* The code of a function is shorter than 2^31, and the rest in proportion. */
static bool keep_copy(const Allocator *al, uint32_t defined, const Compiled *c, EagerJob *job) {
    size_t relocs = c->reloc_count * sizeof *c->relocs;
    size_t ranges = c->range_count * sizeof *c->ranges;
    size_t landings = c->landing_count * sizeof *c->landings;
    size_t places = c->place_count * sizeof *c->places;
    size_t size = sizeof(EagerCopy) + relocs + ranges + landings + places + c->size + (size_t)5 * 8;
    EagerCopy *copy = allocator_get(al, size);
    if (!copy)
        return false;
    *copy = (EagerCopy){NULL, size, defined, *c};
    uint8_t *at = (uint8_t *)(copy + 1);
    copy->made.relocs = keep_rows(&at, c->relocs, relocs);
    copy->made.ranges = keep_rows(&at, c->ranges, ranges);
    copy->made.landings = keep_rows(&at, c->landings, landings);
    copy->made.places = keep_rows(&at, c->places, places);
    copy->made.code = keep_rows(&at, c->code, c->size);
    *job->end = copy;
    job->end = &copy->next;
    return true;
}

/* At the head only. Frees the copies also when something failed. */
static bool place_copies(EagerWork *w, EagerJob *job, bool ok) {
    for (EagerCopy *next, *c = job->first; c; c = next) {
        next = c->next;
        ok = ok && wt_native_place(w->seg, c->defined, &c->made);
        allocator_free(w->allocator, c, c->size);
    }
    job->first = NULL;
    job->end = &job->first;
    return ok;
}

/* false: out of memory. An instruction that this tier does not have leaves no code. */
static bool compile_here(Native *n, Segment *seg, uint32_t defined, Compiled *out) {
    uint32_t found;
    *out = (Compiled){0};
    return n->machine->compile(n, seg, &seg->code->funcs[defined], out, NULL, &found) ||
           out->unable;
}

/* Function after function until it is worth being a job. */
static EagerJob *take_job(EagerWork *w) {
    const Module *m = w->seg->code->module;
    EagerJob *job = &w->jobs[w->taken++ % EAGER_jobs];
    *job = (EagerJob){.from = w->next, .to = w->next};
    job->end = &job->first;
    while (job->to < w->count && job->bytes < EAGER_job && job->to - job->from < EAGER_funcs)
        job->bytes += m->funcs[m->func_imports + job->to++].code_size;
    w->next = job->to;
    w->ahead += job->bytes;
    return job;
}

static bool compile_job(EagerWork *w, EagerJob *job, uint32_t number, Native *n) {
    bool ok = true;
    for (uint32_t i = job->from; ok && i < job->to; i++) {
        Compiled out;
        if (w->seg->code->funcs[i].words)
            continue;
        ok = compile_here(n, w->seg, i, &out);
        if (!ok || out.unable)
            continue;
        if (atomic_load(&w->placed) == number)
            ok = place_copies(w, job, true) && wt_native_place(w->seg, i, &out);
        else
            ok = keep_copy(w->allocator, i, &out, job);
    }
    return ok;
}

/* The functions in front of `to` are in their place: into the file with them. */
static bool pass_on(CwatWriter *writer, const Segment *seg, uint32_t to, size_t *passed) {
    const Module *m = seg->code->module;
    const Func *last = &m->funcs[m->func_imports + to - 1];
    if (writer)
        wt_cwat_more(writer, false);
    size_t end = m->is_text ? 0 : (size_t)(last->code - m->source.data) + last->code_size;
    if (end > *passed + EAGER_ahead) {
        module_passed(m, end);
        *passed = end;
    }
    return !writer || !writer->out->failed;
}

/* Under the mutex, which is left while there is something to do: the head moves on over all jobs
   that are done. */
static void move_head(EagerWork *w) {
    for (;;) {
        uint32_t number = atomic_load(&w->placed);
        EagerJob *job = &w->jobs[number % EAGER_jobs];
        if (w->failed || number == w->taken || !job->done)
            return;
        wt_os_mutex_unlock(&w->mutex);
        bool ok = place_copies(w, job, true) && pass_on(w->writer, w->seg, job->to, &w->passed);
        wt_os_mutex_lock(&w->mutex);
        w->failed |= !ok;
        w->ahead -= job->bytes;
        atomic_store(&w->placed, number + 1);
        wt_os_cond_broadcast(&w->changed);
    }
}

static bool must_wait(const EagerWork *w) {
    return w->taken - atomic_load(&w->placed) == EAGER_jobs || w->ahead > w->ahead_max;
}

static void compile_jobs(void *user, size_t job_number, unsigned worker) {
    EagerWork *w = user;
    (void)job_number;
    wt_os_mutex_lock(&w->mutex);
    while (w->next < w->count && !w->failed) {
        if (must_wait(w)) {
            wt_os_cond_wait(&w->changed, &w->mutex);
            continue;
        }
        uint32_t number = w->taken;
        EagerJob *job = take_job(w);
        wt_os_mutex_unlock(&w->mutex);
        if (number == 0 && w->writer)
            wt_cwat_more(w->writer, false); /* the module, while others compile */
        bool ok = compile_job(w, job, number, &w->workers[worker]);
        wt_os_mutex_lock(&w->mutex);
        job->done = true;
        w->failed |= !ok;
        if (number == atomic_load(&w->placed))
            move_head(w);
    }
    wt_os_cond_broadcast(&w->changed);
    wt_os_mutex_unlock(&w->mutex);
}

static void free_copies(EagerWork *w) {
    for (uint32_t i = atomic_load(&w->placed); i != w->taken; i++)
        place_copies(w, &w->jobs[i % EAGER_jobs], false);
}

static bool compile_on_threads(EagerWork *w, unsigned threads) {
    const Allocator *al = w->allocator;
    const Native *n = store_native(w->seg->code->store);
    for (unsigned i = 0; i < threads; i++)
        w->workers[i] = (Native){.machine = n->machine, .features = n->features};
    if (wt_os_mutex_init(&w->mutex) != OS_OK)
        return false;
    bool ok = wt_os_cond_init(&w->changed) == OS_OK;
    if (ok) {
        wt_os_parallel(threads, threads, compile_jobs, w);
        ok = !w->failed;
        free_copies(w);
        wt_os_cond_destroy(&w->changed);
    }
    wt_os_mutex_destroy(&w->mutex);
    for (unsigned i = 0; i < threads; i++)
        n->machine->free_rooms(&w->workers[i], al);
    return ok;
}

static bool compile_in_parallel(Segment *seg, uint32_t count, unsigned threads,
                                CwatWriter *writer) {
    const Allocator *al = &seg->code->store->allocator;
    EagerWork w = {.allocator = al, .seg = seg, .writer = writer, .count = count};
    size_t jobs = EAGER_jobs * sizeof *w.jobs, workers = threads * sizeof *w.workers;
    w.ahead_max = WT_MAX(threads * (size_t)EAGER_ahead, seg->code->module->source.len / EAGER_part);
    w.jobs = allocator_get(al, jobs);
    w.workers = w.jobs ? allocator_get(al, workers) : NULL;
    bool ok = w.workers && compile_on_threads(&w, threads);
    allocator_free(al, w.jobs, jobs);
    allocator_free(al, w.workers, workers);
    return ok;
}

static bool compile_in_turn(Segment *seg, uint32_t count, CwatWriter *writer) {
    Native *n = store_native(seg->code->store);
    size_t passed = 0;
    n->noting = seg->code->store->maker.notes;
    for (uint32_t i = 0; i < count; i++) {
        Compiled out;
        if (seg->code->funcs[i].words)
            continue;
        if (!compile_here(n, seg, i, &out) || (!out.unable && !wt_native_place(seg, i, &out)) ||
            !pass_on(writer, seg, i + 1, &passed))
            return false;
    }
    return true;
}

bool wt_native_compile_all(Code *c, unsigned threads, CwatWriter *writer) {
    Segment *seg = code_segment(c);
    const Module *m = c->module;
    uint32_t count = m->func_count - m->func_imports, missing = 0;
    size_t bytes = 0;
    for (uint32_t i = 0; i < count; i++) {
        missing += !c->funcs[i].words && !wt_native_link(seg, i);
        bytes += m->funcs[m->func_imports + i].code_size;
    }
    if (missing && !wt_cwat_prove(m, CWAT_bodies))
        return false;
    /* Who is told of code is told by one thread. */
    bool alone = threads <= 1 || bytes < EAGER_least || c->store->maker.made;
    return alone ? compile_in_turn(seg, count, writer)
                 : compile_in_parallel(seg, count, threads, writer);
}
