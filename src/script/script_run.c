/* Running scripts: one store holds all instances of a script and the host module "spectest".
   Modules, and the bytes that binary ones were read from, are kept to the end, because the store
   refers to them. Path: script.c -> here -> run/. */
#include "script/script_run.h"

#include "run/call.h"
#include "run/memory.h"
#include "run/object.h"
#include "run/table.h"

/* ---- spectest ---- */

static bool spectest_print(void *user, Caller *caller, const Value *args, Value *results) {
    (void)user, (void)caller, (void)args, (void)results;
    return true;
}

static void define_spectest_item(Machine *m, const char *name, Extern item) {
    wt_link_define(&m->linker, slice_str("spectest"), slice_str(name), item);
}

static void define_spectest_table(Machine *m, const char *name, bool is64) {
    Limits limits = {.min = 10, .max = 20, .has_max = true, .is64 = is64};
    TableInst *t = wt_table_new(m->store, &limits, VAL_funcref, 0);
    if (!t)
        m->linker.failed = true;
    else
        define_spectest_item(m, name, (Extern){.kind = EXTERN_table, .table = t});
}

static void define_spectest_memory(Machine *m, const char *name, bool shared) {
    Limits limits = {.min = 1, .max = 2, .has_max = true, .shared = shared, .page_log2 = 16};
    MemInst *memory = wt_memory_new(m->store, &limits);
    if (!memory)
        m->linker.failed = true;
    else
        define_spectest_item(m, name, (Extern){.kind = EXTERN_memory, .memory = memory});
}

static void define_spectest(Machine *m, bool threads) {
    static const struct {
        const char *name, *signature;
    } prints[] = {
        {"print", ":"},           {"print_i32", "i:"}, {"print_i64", "l:"},
        {"print_f32", "f:"},      {"print_f64", "d:"}, {"print_i32_f32", "if:"},
        {"print_f64_f64", "dd:"},
    };
    static const struct {
        const char *name;
        ValType type;
        Value value;
    } globals[] = {
        {"global_i32", VAL_i32, 666},
        {"global_i64", VAL_i64, 666},
        {"global_f32", VAL_f32, 0x4426A666}, /* 666.6 */
        {"global_f64", VAL_f64, 0x4084D4CCCCCCCCCDu},
    };
    for (size_t i = 0; i < WT_COUNT(prints); i++)
        wt_link_function(&m->linker, "spectest", prints[i].name, prints[i].signature,
                         spectest_print, NULL);
    for (size_t i = 0; i < WT_COUNT(globals); i++) {
        GlobalRef g = wt_store_global(m->store, globals[i].type, false, &globals[i].value);
        if (!g.cell)
            m->linker.failed = true;
        else
            define_spectest_item(m, globals[i].name, (Extern){.kind = EXTERN_global, .global = g});
    }
    define_spectest_table(m, "table", false);
    define_spectest_table(m, "table64", true);
    define_spectest_memory(m, "memory", false);
    if (threads)
        define_spectest_memory(m, "shared_memory", true);
}

/* ---- the machine ---- */

static void mark_hosts(void *user, Heap *h) {
    const Machine *m = user;
    for (size_t i = 0; i < m->host_count; i++)
        wt_gc_mark(h, m->hosts[i]);
}

bool wt_script_machine_new(Script *s) {
    Machine *m = allocator_get(s->allocator, sizeof *m);
    if (m)
        memset(m, 0, sizeof *m);
    StoreLimits limits = wt_store_limits_default();
    limits.interruptible = s->stop != NULL;
    limits.heap_stress = s->options->gc_stress;
    limits.no_reserve = s->options->no_reserve;
    limits.eager = s->options->eager;
    limits.code_file = s->options->code_file;
    limits.no_signals = s->options->no_signals;
    limits.cpu_without = s->options->cpu_without;
    limits.fuel = s->options->fuel != 0;
    if (m)
        m->store = wt_store_new(s->allocator, s->options->tier, &limits);
    if (!m || !m->store) {
        allocator_free(s->allocator, m, sizeof *m);
        wt_diag_oom(s->d);
        return false;
    }
    m->store->fuel = s->options->fuel;
    m->store->embedder = (StoreEmbedder){.roots = mark_hosts, .user = m};
    s->machine = m;
    wt_link_init(&m->linker, m->store);
    define_spectest(m, s->options->features >> FEATURE_threads & 1);
    if (m->linker.failed)
        wt_diag_oom(s->d);
    return !m->linker.failed;
}

void wt_script_machine_free(Script *s) {
    Machine *m = s->machine;
    if (!m)
        return;
    wt_link_free(&m->linker);
    wt_store_free(m->store);
    for (size_t i = 0; i < m->loaded_count; i++) {
        wt_script_attempt_free(&m->loaded[i]->attempt);
        allocator_free(s->allocator, m->loaded[i], sizeof **m->loaded);
    }
    allocator_free(s->allocator, m->loaded, m->loaded_cap * sizeof *m->loaded);
    allocator_free(s->allocator, m->instances, m->instance_cap * sizeof *m->instances);
    allocator_free(s->allocator, m->shared, m->shared_cap * sizeof *m->shared);
    allocator_free(s->allocator, m->hosts, m->host_cap * sizeof *m->hosts);
    allocator_free(s->allocator, m, sizeof *m);
    s->machine = NULL;
}

/* ---- modules and instances ---- */

Loaded *wt_script_keep(Script *s, Attempt *a) {
    Machine *m = s->machine;
    Loaded *l = allocator_get(s->allocator, sizeof *l);
    if (!l || !wt_vec_grow(s->allocator, (void **)&m->loaded, &m->loaded_cap, m->loaded_count,
                           sizeof *m->loaded)) {
        allocator_free(s->allocator, l, sizeof *l);
        wt_diag_oom(s->d);
        return NULL;
    }
    *l = (Loaded){.attempt = *a, .id = a->id};
    wt_script_attempt_init(s, a);
    l->code = wt_code_new(m->store, &l->attempt.module);
    m->loaded[m->loaded_count++] = l;
    if (!l->code) {
        wt_diag_oom(s->d);
        return NULL;
    }
    return l;
}

Loaded *wt_script_find_module(Script *s, Slice id) {
    Machine *m = s->machine;
    for (size_t i = m->loaded_count; i > 0; i--)
        if (!id.data || (m->loaded[i - 1]->id.data && slice_eq(m->loaded[i - 1]->id, id)))
            return m->loaded[i - 1];
    return NULL;
}

Instance *wt_script_find_instance(Script *s, Slice id) {
    Machine *m = s->machine;
    if (!id.data)
        return m->current;
    for (size_t i = m->instance_count; i > 0; i--)
        if (slice_eq(m->instances[i - 1].id, id))
            return m->instances[i - 1].instance;
    return NULL;
}

/* Of the store's last trap. */
static OutcomeKind trap_kind(const Store *store) {
    if (store->trap.code == TRAP_exception)
        return OUTCOME_exception;
    return store->trap.code == TRAP_unhandled_tag ? OUTCOME_suspension : OUTCOME_trap;
}

OutcomeKind wt_script_instantiate(Script *s, Loaded *l, Slice id, Buf *why) {
    Machine *m = s->machine;
    LinkError error;
    m->current = NULL;
    Instance *in = wt_instance_new(m->store, l->code, wt_link_resolve, &m->linker, &error);
    if (!in && error.problem != LINK_ok) {
        wt_instance_link_message(m->store, l->code, &error, why);
        return OUTCOME_error;
    }
    if (!in) {
        wt_trap_message(m->store, why);
        return trap_kind(m->store);
    }
    m->current = in;
    if (id.data) {
        if (!wt_vec_grow(s->allocator, (void **)&m->instances, &m->instance_cap, m->instance_count,
                         sizeof *m->instances))
            wt_diag_oom(s->d);
        else
            m->instances[m->instance_count++] = (NamedInstance){id, in};
    }
    return OUTCOME_values;
}

void wt_script_register(Script *s, Slice name, Instance *in) {
    wt_link_instance(&s->machine->linker, name, in);
    if (s->machine->linker.failed)
        wt_diag_oom(s->d);
}

/* ---- actions ---- */

void wt_script_outcome_init(Script *s, Outcome *o) {
    memset(o, 0, sizeof *o);
    wt_buf_init(&o->why, s->allocator);
}
void wt_script_outcome_free(Outcome *o) { wt_buf_free(&o->why); }

static void outcome_error(Outcome *o, const char *why) {
    o->kind = OUTCOME_error;
    o->why.len = 0;
    buf_str(&o->why, why);
}

/* Numbers must be of the parameter's type; what kind of reference a null is, nobody can see. */
static bool argument_fits(const ScriptValue *v, ValType param) {
    return valtype_is_ref(param) ? valtype_is_ref(v->type) : v->type == param;
}

static void invoke_function(Script *s, FuncInst *f, const ScriptValue *args, uint32_t count,
                            Outcome *o) {
    Store *store = s->machine->store;
    const TypeDef *type = func_type(store, f);
    Value slots[2 * SCRIPT_values];
    uint32_t at = 0;
    if (type->param_count != count || type->result_count > SCRIPT_values) {
        outcome_error(o, type->param_count != count ? "wrong number of arguments"
                                                    : "too many results for this runner");
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (!argument_fits(&args[i], type->params[i])) {
            outcome_error(o, "an argument is of another type");
            return;
        }
        slots[at++] = args[i].v[0];
        if (args[i].type == VAL_v128)
            slots[at++] = args[i].v[1];
    }
    if (!wt_call(store, f, slots, o->values)) {
        o->kind = trap_kind(store);
        wt_trap_message(store, &o->why);
        return;
    }
    type = func_type(store, f);
    o->count = type->result_count;
    for (uint32_t i = 0; i < o->count; i++)
        o->types[i] = typedef_results(type)[i];
}

static void get_global(Outcome *o, const GlobalRef *g) {
    o->count = 1;
    o->types[0] = g->type;
    memcpy(o->values, g->cell, valtype_slots(g->type) * sizeof(Value));
}

bool wt_script_action(Script *s, Outcome *o) {
    bool invoke = lexer_is(&s->lx, "invoke");
    if (!invoke && !lexer_is(&s->lx, "get")) {
        wt_lex_unexpected(&s->lx, "invoke or get");
        return false;
    }
    wt_lex_next(&s->lx);
    Slice id = wt_script_take_id(s);
    Buf name;
    wt_buf_init(&name, s->allocator);
    if (s->lx.token.kind == TOKEN_string)
        wt_lex_string(&s->lx, s->lx.token, &name);
    bool ok = wt_script_expect(s, TOKEN_string, "the name of an export");
    ScriptValue args[SCRIPT_values];
    uint32_t count = 0;
    while (ok && s->lx.token.kind == TOKEN_lparen) {
        if (count == SCRIPT_values) {
            wt_diag_add(s->d, ERR_limit, s->command_at, 1, ": more than %u arguments",
                        (unsigned)SCRIPT_values);
            ok = false;
        }
        ok = ok && wt_script_read_argument(s, &args[count++]);
    }
    ok = ok && wt_script_expect(s, TOKEN_rparen, "the end of the action");
    Instance *in = wt_script_find_instance(s, id);
    Extern e;
    if (!ok)
        ;
    else if (!in)
        outcome_error(o, "there is no such instance");
    else if (!wt_instance_export(in, slice(name.data, name.len), &e))
        outcome_error(o, "there is no such export");
    else if (invoke && e.kind == EXTERN_func)
        invoke_function(s, e.func, args, count, o);
    else if (!invoke && e.kind == EXTERN_global)
        get_global(o, &e.global);
    else
        outcome_error(o, "the export is of another kind");
    wt_buf_free(&name);
    return ok;
}
