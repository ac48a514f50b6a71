/* Threads of a script: (thread $t (shared (module $m))* command...) runs its commands in a thread
   of the system, (wait $t) ends it. Each has a Script of its own over the same text, with a store
   of its own; what is handed over are the shared memories that the named instances export. Its
   counts, its output and its problems join those of the script where it is waited for, or at the
   end, in the order of their start: so nothing depends on who runs first.

   A thread starts no threads: then a broken script can stop all that run. Path: script.c -> here ->
   wt_script_commands. */
#include "run/memory.h"
#include "script/script_run.h"

enum { SCRIPT_stack = 8 << 20 };

struct ScriptThread {
    OsThread thread;
    Slice id;
    Script script;
    ScriptResult result;
    Diag diag;
    Buf out;
    atomic_uint stop;
};

static void run_script_thread(void *user) {
    ScriptThread *t = user;
    wt_script_commands(&t->script);
    if (t->out.failed)
        wt_diag_oom(&t->diag);
}

/* ---- making one ---- */

static void free_thread(Script *s, ScriptThread *t) {
    if (!t)
        return;
    wt_script_machine_free(&t->script);
    wt_arena_free(&t->script.arena);
    wt_diag_free(&t->diag);
    wt_buf_free(&t->out);
    allocator_free(s->allocator, t, sizeof *t);
}

/* Over the commands from the head to `end`. NULL: out of memory. */
static ScriptThread *new_thread(Script *s, Slice id, uint32_t end) {
    ScriptThread *t = allocator_get(s->allocator, sizeof *t);
    if (!t)
        return NULL;
    memset(t, 0, sizeof *t);
    t->id = id;
    wt_diag_init(&t->diag, s->allocator);
    wt_buf_init(&t->out, s->allocator);
    t->script = (Script){.text = slice(s->text.data, end),
                         .allocator = s->allocator,
                         .options = s->options,
                         .result = &t->result,
                         .out = &t->out,
                         .d = &t->diag,
                         .line_at = s->line_at,
                         .line_start = s->line_start,
                         .line = s->line,
                         .stop = &t->stop};
    wt_arena_init(&t->script.arena, s->allocator);
    wt_lex_init(&t->script.lx, t->script.text, &t->diag);
    wt_lex_at(&t->script.lx, s->lx.token.at);
    if (wt_script_machine_new(&t->script))
        return t;
    free_thread(s, t);
    return NULL;
}

/* Gives the thread's store the shared memories of an instance. */
static bool hand_over(Script *s, Machine *to, Slice id, const Instance *in) {
    const Module *m = in->code->module;
    for (uint32_t i = 0; i < m->export_count; i++) {
        if (m->exports[i].kind != EXTERN_memory ||
            !instance_memories(in)[m->exports[i].item]->shared)
            continue;
        SharedMem *shared = instance_memories(in)[m->exports[i].item]->shared;
        MemInst *memory = wt_memory_share(to->store, shared);
        if (!memory || !wt_vec_grow(s->allocator, (void **)&to->shared, &to->shared_cap,
                                    to->shared_count, sizeof *to->shared))
            return false;
        to->shared[to->shared_count++] = (SharedName){id, m->exports[i].name, memory};
    }
    return true;
}

bool wt_script_register_shared(Script *s, Slice name, Slice id) {
    Machine *m = s->machine;
    bool any = false;
    for (size_t i = 0; i < m->shared_count; i++) {
        if (!slice_eq(m->shared[i].id, id))
            continue;
        wt_link_define(&m->linker, name, m->shared[i].name,
                       (Extern){.kind = EXTERN_memory, .memory = m->shared[i].memory});
        any = true;
    }
    if (m->linker.failed)
        wt_diag_oom(s->d);
    return any;
}

/* ---- the commands ---- */

bool wt_script_read_shared(Script *s, Slice *id) {
    if (!wt_script_expect(s, TOKEN_lparen, "a module"))
        return false;
    if (!lexer_is(&s->lx, "module")) {
        wt_lex_unexpected(&s->lx, "module");
        return false;
    }
    wt_lex_next(&s->lx);
    *id = lexer_slice(&s->lx);
    return wt_script_expect(s, TOKEN_id, "the name of a module") &&
           wt_script_expect(s, TOKEN_rparen, "the end of the module") &&
           wt_script_expect(s, TOKEN_rparen, "the end of what is shared");
}

static bool fill_thread(Script *s, ScriptThread *t, Slice *names, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const Instance *in = wt_script_find_instance(s, names[i]);
        if (!in) {
            wt_script_fail(s, "there is no instance %.*s to share", (int)names[i].len,
                           (const char *)names[i].data);
            return false;
        }
        if (!hand_over(s, t->script.machine, names[i], in)) {
            wt_diag_oom(s->d);
            return false;
        }
    }
    return true;
}

bool wt_script_thread(Script *s) {
    Machine *m = s->machine;
    Slice id = wt_script_take_id(s), names[SCRIPT_shared];
    uint32_t count = 0, end = wt_lex_scan_group(&s->lx, (uint32_t)s->command_at);
    if (end == UINT32_MAX) {
        wt_diag_add(s->d, ERR_unclosed_paren, s->command_at, 1, "of a thread");
        return false;
    }
    while (wt_lex_open(&s->lx, "shared")) {
        if (count == SCRIPT_shared) {
            wt_diag_add(s->d, ERR_limit, s->command_at, 1, ": more than %u shared modules",
                        (unsigned)SCRIPT_shared);
            return false;
        }
        if (!wt_script_read_shared(s, &names[count++]))
            return false;
    }
    ScriptThread *t = NULL;
    if (s->stop)
        wt_script_fail(s, "a thread cannot start threads here");
    else if (m->thread_count == SCRIPT_threads)
        wt_script_fail(s, "more than %u threads are not waited for", (unsigned)SCRIPT_threads);
    else if (!(t = new_thread(s, id, end - 1)))
        wt_diag_oom(s->d);
    if (t && fill_thread(s, t, names, count)) {
        if (wt_os_thread_start(&t->thread, SCRIPT_stack, run_script_thread, t) == OS_OK) {
            m->threads[m->thread_count++] = t;
            t = NULL;
        } else {
            wt_script_fail(s, "the system starts no more threads");
        }
    }
    free_thread(s, t);
    wt_lex_at(&s->lx, end);
    return !s->d->out_of_memory;
}

/* Waits for a thread, which is no longer in the machine's list, and takes over what it found. How
   far one that was stopped came is chance: it says nothing. */
static void join_thread(Script *s, ScriptThread *t) {
    wt_os_thread_join(&t->thread);
    if (atomic_load(&t->stop)) {
        free_thread(s, t);
        return;
    }
    s->result->passed += t->result.passed;
    s->result->failed += t->result.failed;
    s->result->skipped += t->result.skipped;
    s->result->modules += t->result.modules;
    buf_slice(s->out, slice(t->out.data, t->out.len));
    wt_diag_merge(s->d, &t->diag);
    free_thread(s, t);
}

bool wt_script_wait(Script *s) {
    Machine *m = s->machine;
    Slice id = wt_script_take_id(s);
    if (!wt_script_expect(s, TOKEN_rparen, "the end of the command"))
        return false;
    for (uint32_t i = m->thread_count; i > 0; i--) {
        ScriptThread *t = m->threads[i - 1];
        if (id.data && !(t->id.data && slice_eq(t->id, id)))
            continue;
        m->thread_count--;
        memmove(&m->threads[i - 1], &m->threads[i],
                (m->thread_count - (i - 1)) * sizeof m->threads[0]);
        join_thread(s, t);
        return s->d->errors == 0;
    }
    wt_script_fail(s, "there is no such thread");
    return true;
}

void wt_script_end_threads(Script *s) {
    Machine *m = s->machine;
    if (!m)
        return;
    for (uint32_t i = 0; s->d->errors && i < m->thread_count; i++) {
        atomic_store(&m->threads[i]->stop, 1);
        wt_store_interrupt(m->threads[i]->script.machine->store);
    }
    for (uint32_t i = 0; i < m->thread_count; i++)
        join_thread(s, m->threads[i]);
    m->thread_count = 0;
}
