/* The standard C API, second half: engines, stores and everything with references, as a layer over
   the functions of wattle.h.

   Each store has a table of its objects by handle, so that a function that is exported twice is one
   wasm_func_t. References count twice: at the object, and at the store, which is freed with the
   last reference. What becomes an externref stands in a box of the wattle_store whose data is the
   object. A trap that a host function returns is kept in the store until the call ends and given
   out again, so that it is the same object. */
#include "api/wasm_c_api.h"

struct wasm_config_t {
    int unused; /* nothing can be configured yet */
};

struct wasm_engine_t {
    wattle_engine *inner;
};

enum { C_TABLE = 64 };

struct wasm_store_t {
    wattle_store *inner;
    size_t owners;              /* the embedder, and every reference */
    wasm_ref_t *table[C_TABLE]; /* objects by hash of kind and handle */
    wasm_ref_t *trap;           /* returned by a host function, on its way out */
};

/* ---- engines and stores ---- */

wasm_config_t *wasm_config_new(void) {
    wasm_config_t *c = c_new(sizeof *c);
    if (c)
        c->unused = 0;
    return c;
}
void wasm_config_delete(wasm_config_t *c) { c_free(c); }

wasm_engine_t *wasm_engine_new(void) {
    wattle_config config = wattle_config_default();
    wasm_engine_t *e = c_new(sizeof *e);
    if (e)
        e->inner = wattle_engine_new(&config);
    if (e && e->inner)
        return e;
    c_free(e);
    return NULL;
}

wasm_engine_t *wasm_engine_new_with_config(wasm_config_t *config) {
    wasm_config_delete(config);
    return wasm_engine_new();
}

void wasm_engine_delete(wasm_engine_t *e) {
    if (e)
        wattle_engine_free(e->inner);
    c_free(e);
}

wasm_store_t *wasm_store_new(wasm_engine_t *engine) {
    wasm_store_t *s = c_new(sizeof *s);
    if (!s)
        return NULL;
    memset(s, 0, sizeof *s);
    s->owners = 1;
    s->inner = wattle_store_new(engine->inner, NULL);
    if (s->inner)
        return s;
    c_free(s);
    return NULL;
}

static void object_free(wasm_ref_t *r) {
    if (r->finalize)
        r->finalize(r->info);
    wattle_module_free(r->module);
    wasm_name_delete(&r->message);
    wasm_frame_vec_delete(&r->frames);
    c_free(r);
}

void wasm_store_delete(wasm_store_t *s) {
    if (!s || --s->owners)
        return;
    wattle_store_free(s->inner);
    for (unsigned i = 0; i < C_TABLE; i++)
        for (wasm_ref_t *r = s->table[i], *next; r; r = next) {
            next = r->next;
            object_free(r);
        }
    c_free(s);
}

/* ---- references ---- */

static wasm_ref_t *object_new(wasm_store_t *s, CKind kind) {
    wasm_ref_t *r = c_new(sizeof *r);
    if (!r)
        return NULL;
    memset(r, 0, sizeof *r);
    r->kind = kind;
    r->store = s;
    return r;
}

/* Objects in the store's table stay until the store goes. */
static bool in_table(const wasm_ref_t *r) { return r->kind <= C_instance; }

static wasm_ref_t *retain_ref(const wasm_ref_t *ref) {
    wasm_ref_t *r = (wasm_ref_t *)(uintptr_t)ref;
    if (r) {
        r->owners++;
        r->store->owners++;
    }
    return r;
}

static void object_drop(wasm_ref_t *r) {
    if (--r->owners == 0 && !in_table(r))
        object_free(r);
}

static void release_ref(wasm_ref_t *r) {
    if (!r)
        return;
    wasm_store_t *s = r->store;
    /* When only the box is left, wasm code alone keeps the object. */
    if (r->boxed && !in_table(r) && r->owners == 2) {
        wattle_ref box = r->box;
        r->box = (wattle_ref){0};
        object_drop(r);
        wattle_ref_free(s->inner, box);
    } else {
        if (r->kind == C_other && r->owners == 1)
            wattle_ref_free(s->inner, r->box);
        object_drop(r);
    }
    wasm_store_delete(s);
}

static wasm_ref_t **table_place(wasm_store_t *s, CKind kind, uint32_t index) {
    wasm_ref_t **at = &s->table[(index * 8 + (unsigned)kind) % C_TABLE];
    while (*at && ((*at)->kind != kind || (*at)->handle.index != index))
        at = &(*at)->next;
    return at;
}

/* The one object of a handle, not counted; NULL: out of memory. */
static wasm_ref_t *object_of(wasm_store_t *s, CKind kind, wattle_func handle) {
    wasm_ref_t **at = table_place(s, kind, handle.index);
    if (!*at && (*at = object_new(s, kind)))
        (*at)->handle = handle;
    return *at;
}

static void box_gone(void *data) {
    wasm_ref_t *r = data;
    r->boxed = false;
    object_drop(r);
}

/* The object as an externref, rooted while somebody refers to the object. */
static bool box_of(wasm_ref_t *r, wattle_ref *out) {
    wattle_store *s = r->store->inner;
    if (!r->boxed) {
        wattle_ref local;
        r->owners++;
        r->boxed = true;
        if (wattle_externref_new(s, r, box_gone, &local) != WATTLE_OK)
            return false;
        wattle_status status = wattle_ref_copy(s, local, true, &r->box);
        wattle_ref_free(s, local);
        if (status != WATTLE_OK)
            return false;
    }
    *out = r->box;
    return true;
}

static void set_info(wasm_ref_t *r, void *info, void (*finalize)(void *)) {
    if (r->finalize)
        r->finalize(r->info);
    r->info = info;
    r->finalize = finalize;
}

#define C_REF_BASE(name)                                                                           \
    void wasm_##name##_delete(wasm_##name##_t *r) { release_ref((wasm_ref_t *)(void *)r); }        \
    wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *r) {                                \
        return (wasm_##name##_t *)(void *)retain_ref((const wasm_ref_t *)(const void *)r);         \
    }                                                                                              \
    bool wasm_##name##_same(const wasm_##name##_t *a, const wasm_##name##_t *b) { return a == b; } \
    void *wasm_##name##_get_host_info(const wasm_##name##_t *r) {                                  \
        return ((const wasm_ref_t *)(const void *)r)->info;                                        \
    }                                                                                              \
    void wasm_##name##_set_host_info(wasm_##name##_t *r, void *info) {                             \
        set_info((wasm_ref_t *)(void *)r, info, NULL);                                             \
    }                                                                                              \
    void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *r, void *info,                \
                                                    void (*finalize)(void *)) {                    \
        set_info((wasm_ref_t *)(void *)r, info, finalize);                                         \
    }

#define C_CASTS(from, to, is)                                                                      \
    wasm_##to##_t *wasm_##from##_as_##to(wasm_##from##_t *r) {                                     \
        return (wasm_##to##_t *)(void *)is((wasm_ref_t *)(void *)r);                               \
    }                                                                                              \
    const wasm_##to##_t *wasm_##from##_as_##to##_const(const wasm_##from##_t *r) {                 \
        return (const wasm_##to##_t *)(const void *)is((wasm_ref_t *)(uintptr_t)r);                \
    }

#define C_REF(name, condition)                                                                     \
    C_REF_BASE(name)                                                                               \
    static wasm_ref_t *c_is_##name(wasm_ref_t *r) { return r && (condition) ? r : NULL; }          \
    C_CASTS(ref, name, c_is_##name)                                                                \
    C_CASTS(name, ref, )

C_REF_BASE(ref)
C_REF(trap, r->kind == C_trap)
C_REF(foreign, r->kind == C_foreign)
C_REF(module, r->kind == C_module)
C_REF(func, r->kind == C_func)
C_REF(global, r->kind == C_global)
C_REF(table, r->kind == C_table)
C_REF(memory, r->kind == C_memory)
C_REF(instance, r->kind == C_instance)
C_REF(extern, r->kind <= C_tag)
C_CASTS(func, extern, )
C_CASTS(global, extern, )
C_CASTS(table, extern, )
C_CASTS(memory, extern, )
C_CASTS(extern, func, c_is_func)
C_CASTS(extern, global, c_is_global)
C_CASTS(extern, table, c_is_table)
C_CASTS(extern, memory, c_is_memory)

#define C_OBJECT(r) ((wasm_ref_t *)(uintptr_t)(r))
#define C_INNER(r) (C_OBJECT(r)->store->inner)
/* Handles are structs of one shape. */
#define C_HANDLE(type, r) ((type){C_OBJECT(r)->handle.store, C_OBJECT(r)->handle.index})
#define C_ANY(h) ((wattle_func){(h).store, (h).index})

wasm_foreign_t *wasm_foreign_new(wasm_store_t *s) {
    return (wasm_foreign_t *)(void *)retain_ref(object_new(s, C_foreign));
}

/* ---- values ---- */

void wasm_val_delete(wasm_val_t *v) {
    if (wasm_valkind_is_ref(v->kind)) {
        release_ref(v->of.ref);
        v->of.ref = NULL;
    }
}

void wasm_val_copy(wasm_val_t *out, const wasm_val_t *v) {
    *out = *v;
    if (wasm_valkind_is_ref(v->kind))
        out->of.ref = retain_ref(v->of.ref);
}

/* A reference as wasm code sees it; false: it does not fit the kind, or memory ran out. */
static bool ref_in(wasm_ref_t *r, wattle_kind kind, wattle_value *out) {
    *out = (wattle_value){.kind = kind};
    if (!r)
        return true;
    if (kind == WATTLE_FUNCREF) {
        out->of.func = r->handle;
        return r->kind == C_func;
    }
    if (r->kind == C_other) {
        out->of.ref = r->box;
        return true;
    }
    return kind == WATTLE_EXTERNREF && box_of(r, &out->of.ref);
}

/* An own reference for a value that wasm code gave. */
static wasm_ref_t *ref_out(wasm_store_t *s, const wattle_value *v) {
    if (v->kind == WATTLE_FUNCREF)
        return v->of.func.index ? retain_ref(object_of(s, C_func, v->of.func)) : NULL;
    if (wattle_ref_is_null(v->of.ref))
        return NULL;
    void *data;
    wasm_ref_t *r = NULL;
    if (v->kind == WATTLE_EXTERNREF &&
        wattle_externref_data(s->inner, v->of.ref, &data) == WATTLE_OK) {
        r = data;
        if (wattle_ref_is_null(r->box) &&
            wattle_ref_copy(s->inner, v->of.ref, true, &r->box) != WATTLE_OK)
            return NULL;
        return retain_ref(r);
    }
    r = object_new(s, C_other);
    if (r && wattle_ref_copy(s->inner, v->of.ref, true, &r->box) != WATTLE_OK) {
        c_free(r);
        r = NULL;
    }
    return retain_ref(r);
}

/* A value for a place of a type; a kind that does not fit stays as it is and is refused later. */
static bool val_in(const wasm_val_t *v, wattle_kind want, wattle_value *out) {
    static const uint8_t kinds[] = {WATTLE_I32, WATTLE_I64, WATTLE_F32, WATTLE_F64};
    if (wasm_valkind_is_ref(v->kind) && want >= WATTLE_FUNCREF && want <= WATTLE_CONTREF)
        return ref_in(v->of.ref, want, out);
    if (v->kind > WASM_F64)
        return false;
    *out = (wattle_value){.kind = (wattle_kind)kinds[v->kind]};
    memcpy(&out->of, &v->of, sizeof(int64_t));
    return true;
}

static void val_out(wasm_store_t *s, const wattle_value *v, wasm_val_t *out) {
    memset(out, 0, sizeof *out);
    switch (v->kind) {
    case WATTLE_I32:
        out->kind = WASM_I32;
        out->of.i32 = v->of.i32;
        return;
    case WATTLE_I64:
        out->kind = WASM_I64;
        out->of.i64 = v->of.i64;
        return;
    case WATTLE_F32:
        out->kind = WASM_F32;
        out->of.f32 = v->of.f32;
        return;
    case WATTLE_F64:
        out->kind = WASM_F64;
        out->of.f64 = v->of.f64;
        return;
    case WATTLE_V128:
        out->kind = WASM_V128;
        return;
    case WATTLE_FUNCREF:
    case WATTLE_EXTERNREF:
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
    case WATTLE_I8:
    case WATTLE_I16:
        break;
    }
    out->kind = v->kind == WATTLE_FUNCREF     ? WASM_FUNCREF
                : v->kind == WATTLE_EXTERNREF ? WASM_EXTERNREF
                                              : WASM_OTHERREF;
    out->of.ref = ref_out(s, v);
}

/* ---- traps ---- */

struct wasm_frame_t {
    wasm_ref_t *instance; /* lent by the store */
    uint32_t func_index;
    size_t func_offset, module_offset;
};

static wasm_ref_t *trap_with(wasm_store_t *s, const char *text, size_t len) {
    wasm_ref_t *t = object_new(s, C_trap);
    if (!t)
        return NULL;
    bool ended = len && text[len - 1] == 0;
    wasm_byte_vec_new_uninitialized(&t->message, len + !ended);
    if (!t->message.size) {
        c_free(t);
        return NULL;
    }
    if (len)
        memcpy(t->message.data, text, len);
    return retain_ref(t);
}

wasm_trap_t *wasm_trap_new(wasm_store_t *s, const wasm_message_t *message) {
    return (wasm_trap_t *)(void *)trap_with(s, message->data, message->size);
}

void wasm_trap_message(const wasm_trap_t *t, wasm_message_t *out) {
    wasm_name_copy(out, &C_OBJECT(t)->message);
}

wasm_frame_t *wasm_frame_copy(const wasm_frame_t *f) {
    wasm_frame_t *copy = c_new(sizeof *copy);
    if (copy)
        *copy = *f;
    return copy;
}
void wasm_frame_delete(wasm_frame_t *f) { c_free(f); }

wasm_frame_t *wasm_trap_origin(const wasm_trap_t *t) {
    const wasm_frame_vec_t *frames = &C_OBJECT(t)->frames;
    return frames->size && frames->data[0] ? wasm_frame_copy(frames->data[0]) : NULL;
}
void wasm_trap_trace(const wasm_trap_t *t, wasm_frame_vec_t *out) {
    wasm_frame_vec_copy(out, &C_OBJECT(t)->frames);
}

wasm_instance_t *wasm_frame_instance(const wasm_frame_t *f) {
    return (wasm_instance_t *)(void *)f->instance;
}
uint32_t wasm_frame_func_index(const wasm_frame_t *f) { return f->func_index; }
size_t wasm_frame_func_offset(const wasm_frame_t *f) { return f->func_offset; }
size_t wasm_frame_module_offset(const wasm_frame_t *f) { return f->module_offset; }

/* Adds the frames of the failed call behind those that the trap has from a call inside. */
static void take_frames(wasm_ref_t *trap) {
    wattle_store *s = trap->store->inner;
    size_t old = trap->frames.size;
    wasm_frame_vec_t all;
    wasm_frame_vec_new_uninitialized(&all, old + wattle_store_frame_count(s));
    for (size_t i = 0; i < all.size; i++) {
        if (i < old) {
            all.data[i] = trap->frames.data[i];
            continue;
        }
        wattle_frame f = wattle_store_frame(s, i - old);
        all.data[i] = c_new(sizeof **all.data);
        if (all.data[i])
            *all.data[i] =
                (wasm_frame_t){object_of(trap->store, C_instance, C_ANY(f.instance)), f.func_index,
                               (size_t)f.func_offset, (size_t)f.module_offset};
    }
    if (!all.size)
        return;
    c_free(trap->frames.data);
    trap->frames = all;
}

/* The trap of a call that failed; NULL only when memory is out for it too. */
static wasm_trap_t *trap_of(wasm_store_t *s, wattle_status status) {
    wasm_ref_t *t = s->trap;
    s->trap = NULL;
    if (!t || wattle_store_trap_code(s->inner) != WATTLE_TRAP_host) {
        release_ref(t);
        const char *text = wattle_store_message(s->inner);
        if (!*text)
            text = status == WATTLE_OUT_OF_MEMORY ? "out of memory" : "failed";
        t = trap_with(s, text, strlen(text));
    }
    if (t)
        take_frames(t);
    return (wasm_trap_t *)(void *)t;
}

/* ---- modules ---- */

static wasm_module_t *module_object(wasm_store_t *s, wattle_module *inner) {
    wasm_ref_t *r = inner ? object_new(s, C_module) : NULL;
    if (r)
        r->module = inner;
    else
        wattle_module_free(inner);
    return (wasm_module_t *)(void *)retain_ref(r);
}

static wattle_module *read_binary(wasm_store_t *s, const wasm_byte_vec_t *binary) {
    wattle_module *m;
    wattle_report *report;
    (void)wattle_module_read(wattle_store_engine(s->inner), binary->data, binary->size, "module",
                             WATTLE_READ_BINARY | WATTLE_READ_CHECK | WATTLE_READ_COPY, &m,
                             &report);
    wattle_report_free(report);
    return m;
}

wasm_module_t *wasm_module_new(wasm_store_t *s, const wasm_byte_vec_t *binary) {
    return module_object(s, read_binary(s, binary));
}

bool wasm_module_validate(wasm_store_t *s, const wasm_byte_vec_t *binary) {
    wattle_module *m = read_binary(s, binary);
    wattle_module_free(m);
    return m != NULL;
}

void wasm_module_imports(const wasm_module_t *m, wasm_importtype_vec_t *out) {
    wt_wasm_c_imports(C_OBJECT(m)->module, out);
}
void wasm_module_exports(const wasm_module_t *m, wasm_exporttype_vec_t *out) {
    wt_wasm_c_exports(C_OBJECT(m)->module, out);
}

static bool append_bytes(void *user, const void *data, size_t len) {
    Buf *b = user;
    buf_bytes(b, data, len);
    return !b->failed;
}

void wasm_module_serialize(const wasm_module_t *m, wasm_byte_vec_t *out) {
    Buf b;
    wasm_byte_vec_new_empty(out);
    wt_buf_init(&b, &wt_base_malloc);
    if (wattle_module_serialize(C_OBJECT(m)->module, append_bytes, &b) == WATTLE_OK)
        wasm_byte_vec_new(out, b.len, (const char *)b.data);
    wt_buf_free(&b);
}

wasm_module_t *wasm_module_deserialize(wasm_store_t *s, const wasm_byte_vec_t *bytes) {
    wattle_module *m;
    (void)wattle_module_deserialize(wattle_store_engine(s->inner), bytes->data, bytes->size, &m,
                                    NULL);
    return module_object(s, m);
}

/* The shared form is the wattle_module itself: it knows no store and counts atomically. */
wasm_shared_module_t *wasm_module_share(const wasm_module_t *m) {
    return (wasm_shared_module_t *)(void *)wattle_module_retain(C_OBJECT(m)->module);
}
wasm_module_t *wasm_module_obtain(wasm_store_t *s, const wasm_shared_module_t *shared) {
    return module_object(s, wattle_module_retain((wattle_module *)(uintptr_t)shared));
}
void wasm_shared_module_delete(wasm_shared_module_t *shared) {
    wattle_module_free((wattle_module *)(void *)shared);
}

/* ---- functions ---- */

typedef struct CHost {
    wasm_func_callback_t plain; /* or */
    wasm_func_callback_with_env_t with_env;
    void *env;
    void (*finalize)(void *);
    wasm_store_t *store;
    size_t params, results;
} CHost;

static void host_gone(void *user) {
    CHost *h = user;
    if (h->finalize)
        h->finalize(h->env);
    c_free(h);
}

static wattle_status host_run(const CHost *h, wattle_caller *caller, wasm_val_vec_t *args,
                              wasm_val_vec_t *out, wattle_value *results) {
    wasm_trap_t *trap = h->plain ? h->plain(args, out) : h->with_env(h->env, args, out);
    if (trap) {
        release_ref(h->store->trap);
        h->store->trap = C_OBJECT(trap);
        return wattle_caller_trap(caller, h->store->trap->message.data);
    }
    for (size_t i = 0; i < h->results; i++)
        if (!val_in(&out->data[i], results[i].kind, &results[i]))
            return wattle_caller_trap(caller, "host function gave a result of another type");
    return WATTLE_OK;
}

static wattle_status host_enter(void *user, wattle_caller *caller, const wattle_value *args,
                                wattle_value *results) {
    const CHost *h = user;
    wasm_val_vec_t in, out;
    wasm_val_vec_new_uninitialized(&in, h->params);
    wasm_val_vec_new_uninitialized(&out, h->results);
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    if (in.size == h->params && out.size == h->results) {
        for (size_t i = 0; i < h->params; i++)
            val_out(h->store, &args[i], &in.data[i]);
        status = host_run(h, caller, &in, &out, results);
    }
    /* The results must live on when the references to them end here. */
    for (size_t i = 0; i < h->results && status == WATTLE_OK; i++)
        if (results[i].kind >= WATTLE_EXTERNREF && results[i].kind <= WATTLE_CONTREF)
            status = wattle_ref_copy(h->store->inner, results[i].of.ref, false, &results[i].of.ref);
    wasm_val_vec_delete(&in);
    wasm_val_vec_delete(&out);
    return status;
}

/* The types of a vector, in wattle.h's form. */
static bool valtypes_in(const wasm_valtype_vec_t *from, wattle_valtype *to) {
    for (size_t i = 0; i < from->size; i++) {
        if (!from->data[i])
            return false;
        to[i] = from->data[i]->exact;
    }
    return true;
}

static wasm_func_t *func_with(wasm_store_t *s, const wasm_functype_t *type, CHost host) {
    const wasm_valtype_vec_t *params = wasm_functype_params(type);
    const wasm_valtype_vec_t *results = wasm_functype_results(type);
    size_t count = params->size + results->size;
    wattle_valtype *types = c_new((count + 1) * sizeof *types);
    CHost *h = c_new(sizeof *h);
    wasm_ref_t *r = NULL;
    host.store = s;
    host.params = params->size;
    host.results = results->size;
    if (types && h && valtypes_in(params, types) && valtypes_in(results, types + params->size)) {
        wattle_functype t = {types, types + params->size, params->size, results->size};
        wattle_func f;
        *h = host;
        if (wattle_func_new(s->inner, &t, host_enter, h, host_gone, &f) == WATTLE_OK)
            r = object_of(s, C_func, f);
    } else {
        c_free(h);
        if (host.finalize)
            host.finalize(host.env);
    }
    c_free(types);
    return (wasm_func_t *)(void *)retain_ref(r);
}

wasm_func_t *wasm_func_new(wasm_store_t *s, const wasm_functype_t *type,
                           wasm_func_callback_t callback) {
    return func_with(s, type, (CHost){.plain = callback});
}

wasm_func_t *wasm_func_new_with_env(wasm_store_t *s, const wasm_functype_t *type,
                                    wasm_func_callback_with_env_t callback, void *env,
                                    void (*finalizer)(void *)) {
    return func_with(s, type, (CHost){.with_env = callback, .env = env, .finalize = finalizer});
}

static wattle_type functype_of(const wasm_func_t *f) {
    return wattle_func_type(C_INNER(f), C_OBJECT(f)->handle);
}

wasm_functype_t *wasm_func_type(const wasm_func_t *f) {
    wattle_extern_type t = {.kind = WATTLE_EXTERN_FUNC, .type = functype_of(f)};
    return (wasm_functype_t *)(void *)wt_wasm_c_externtype(t);
}
size_t wasm_func_param_arity(const wasm_func_t *f) {
    return wattle_type_param_count(functype_of(f));
}
size_t wasm_func_result_arity(const wasm_func_t *f) {
    return wattle_type_result_count(functype_of(f));
}

/* A trap for a call that was never made. */
static wasm_trap_t *wrong_call(wasm_store_t *s, const char *text) {
    return (wasm_trap_t *)(void *)trap_with(s, text, strlen(text));
}

static wasm_trap_t *call_values(const wasm_func_t *f, const wasm_val_vec_t *args,
                                wasm_val_vec_t *results, wattle_value *values, size_t params,
                                size_t count) {
    wasm_store_t *s = C_OBJECT(f)->store;
    wattle_type type = functype_of(f);
    for (size_t i = 0; i < params; i++) {
        wattle_kind want = (wattle_kind)wattle_type_param(type, i).kind;
        if (!val_in(&args->data[i], want, &values[i]))
            return wrong_call(s, "an argument of another type");
    }
    wattle_status status =
        wattle_func_call(s->inner, C_OBJECT(f)->handle, values, params, values + params, count);
    if (status != WATTLE_OK)
        return trap_of(s, status);
    for (size_t i = 0; i < count; i++)
        val_out(s, &values[params + i], &results->data[i]);
    return NULL;
}

wasm_trap_t *wasm_func_call(const wasm_func_t *f, const wasm_val_vec_t *args,
                            wasm_val_vec_t *results) {
    wasm_store_t *s = C_OBJECT(f)->store;
    size_t params = wasm_func_param_arity(f), count = wasm_func_result_arity(f);
    if ((args ? args->size : 0) != params || (results ? results->size : 0) < count)
        return wrong_call(s, "wrong number of arguments or results");
    wattle_value small[8], *values = small;
    if (params + count > WT_COUNT(small)) {
        values = c_new((params + count) * sizeof *values);
        if (!values)
            return wrong_call(s, "out of memory");
    }
    release_ref(s->trap);
    s->trap = NULL;
    s->owners++;
    wattle_scope scope = wattle_scope_open(s->inner);
    wasm_trap_t *trap = call_values(f, args, results, values, params, count);
    wattle_scope_close(s->inner, scope);
    if (values != small)
        c_free(values);
    wasm_store_delete(s);
    return trap;
}

/* ---- globals ---- */

wasm_global_t *wasm_global_new(wasm_store_t *s, const wasm_globaltype_t *type,
                               const wasm_val_t *v) {
    const wasm_valtype_t *content = wasm_globaltype_content(type);
    wattle_value value;
    wattle_global g;
    wasm_ref_t *r = NULL;
    if (val_in(v, (wattle_kind)content->exact.kind, &value) &&
        wattle_global_new(s->inner, content->exact, wasm_globaltype_mutability(type) == WASM_VAR,
                          &value, &g) == WATTLE_OK)
        r = object_of(s, C_global, C_ANY(g));
    return (wasm_global_t *)(void *)retain_ref(r);
}

wasm_globaltype_t *wasm_global_type(const wasm_global_t *g) {
    wattle_extern e = {WATTLE_EXTERN_GLOBAL, {.global = C_HANDLE(wattle_global, g)}};
    return (wasm_globaltype_t *)(void *)wt_wasm_c_externtype(wattle_extern_get_type(C_INNER(g), e));
}

void wasm_global_get(const wasm_global_t *g, wasm_val_t *out) {
    wattle_value v = {.kind = WATTLE_I32};
    wattle_scope scope = wattle_scope_open(C_INNER(g));
    (void)wattle_global_get(C_INNER(g), C_HANDLE(wattle_global, g), &v);
    val_out(C_OBJECT(g)->store, &v, out);
    wattle_scope_close(C_INNER(g), scope);
}

void wasm_global_set(wasm_global_t *g, const wasm_val_t *v) {
    wattle_global handle = C_HANDLE(wattle_global, g);
    wattle_value value;
    if (val_in(v, (wattle_kind)wattle_global_type(C_INNER(g), handle, NULL).kind, &value))
        (void)wattle_global_set(C_INNER(g), handle, &value);
}

/* ---- tables ---- */

wasm_table_t *wasm_table_new(wasm_store_t *s, const wasm_tabletype_t *type, wasm_ref_t *init) {
    const wasm_externtype_t *t = wasm_tabletype_as_externtype_const(type);
    wattle_value first;
    wattle_table table;
    wasm_ref_t *r = NULL;
    if (ref_in(init, (wattle_kind)t->content->exact.kind, &first) &&
        wattle_table_new(s->inner, t->content->exact, &t->exact, &first, &table) == WATTLE_OK)
        r = object_of(s, C_table, C_ANY(table));
    return (wasm_table_t *)(void *)retain_ref(r);
}

wasm_tabletype_t *wasm_table_type(const wasm_table_t *t) {
    wattle_extern e = {WATTLE_EXTERN_TABLE, {.table = C_HANDLE(wattle_table, t)}};
    return (wasm_tabletype_t *)(void *)wt_wasm_c_externtype(wattle_extern_get_type(C_INNER(t), e));
}

wasm_ref_t *wasm_table_get(const wasm_table_t *t, wasm_table_size_t index) {
    wattle_value v;
    wasm_ref_t *r = NULL;
    wattle_scope scope = wattle_scope_open(C_INNER(t));
    if (wattle_table_get(C_INNER(t), C_HANDLE(wattle_table, t), index, &v) == WATTLE_OK)
        r = ref_out(C_OBJECT(t)->store, &v);
    wattle_scope_close(C_INNER(t), scope);
    return r;
}

static bool table_value(const wasm_table_t *t, wasm_ref_t *ref, wattle_value *v) {
    wattle_valtype element = wattle_table_element(C_INNER(t), C_HANDLE(wattle_table, t));
    return ref_in(ref, (wattle_kind)element.kind, v);
}

bool wasm_table_set(wasm_table_t *t, wasm_table_size_t index, wasm_ref_t *ref) {
    wattle_value v;
    return table_value(t, ref, &v) &&
           wattle_table_set(C_INNER(t), C_HANDLE(wattle_table, t), index, &v) == WATTLE_OK;
}

wasm_table_size_t wasm_table_size(const wasm_table_t *t) {
    return (wasm_table_size_t)wattle_table_size(C_INNER(t), C_HANDLE(wattle_table, t));
}

bool wasm_table_grow(wasm_table_t *t, wasm_table_size_t delta, wasm_ref_t *init) {
    wattle_value v;
    return table_value(t, init, &v) &&
           wattle_table_grow(C_INNER(t), C_HANDLE(wattle_table, t), delta, &v, NULL) == WATTLE_OK;
}

/* ---- memories ---- */

wasm_memory_t *wasm_memory_new(wasm_store_t *s, const wasm_memorytype_t *type) {
    wattle_memory memory;
    wasm_ref_t *r = NULL;
    if (wattle_memory_new(s->inner, &wasm_memorytype_as_externtype_const(type)->exact, &memory) ==
        WATTLE_OK)
        r = object_of(s, C_memory, C_ANY(memory));
    return (wasm_memory_t *)(void *)retain_ref(r);
}

wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *m) {
    wattle_extern e = {WATTLE_EXTERN_MEMORY, {.memory = C_HANDLE(wattle_memory, m)}};
    return (wasm_memorytype_t *)(void *)wt_wasm_c_externtype(wattle_extern_get_type(C_INNER(m), e));
}

byte_t *wasm_memory_data(wasm_memory_t *m) {
    size_t size;
    return wattle_memory_data(C_INNER(m), C_HANDLE(wattle_memory, m), &size);
}

size_t wasm_memory_data_size(const wasm_memory_t *m) {
    size_t size;
    (void)wattle_memory_data(C_INNER(m), C_HANDLE(wattle_memory, m), &size);
    return size;
}

wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *m) {
    return (wasm_memory_pages_t)wattle_memory_pages(C_INNER(m), C_HANDLE(wattle_memory, m));
}

bool wasm_memory_grow(wasm_memory_t *m, wasm_memory_pages_t delta) {
    return wattle_memory_grow(C_INNER(m), C_HANDLE(wattle_memory, m), delta, NULL) == WATTLE_OK;
}

/* ---- externs and instances ---- */

/* The kinds in wattle.h's numbers and back. */
static wattle_extern_kind extern_kind_in(CKind kind) {
    switch (kind) {
    case C_global:
        return WATTLE_EXTERN_GLOBAL;
    case C_table:
        return WATTLE_EXTERN_TABLE;
    case C_memory:
        return WATTLE_EXTERN_MEMORY;
    case C_tag:
        return WATTLE_EXTERN_TAG;
    case C_func:
    case C_instance:
    case C_foreign:
    case C_module:
    case C_trap:
    case C_other:
        break;
    }
    return WATTLE_EXTERN_FUNC;
}

static CKind extern_kind_out(wattle_extern_kind kind) {
    switch (kind) {
    case WATTLE_EXTERN_FUNC:
        return C_func;
    case WATTLE_EXTERN_TABLE:
        return C_table;
    case WATTLE_EXTERN_MEMORY:
        return C_memory;
    case WATTLE_EXTERN_GLOBAL:
        return C_global;
    case WATTLE_EXTERN_TAG:
        return C_tag;
    }
    return C_func;
}

static wattle_extern extern_in(const wasm_ref_t *r) {
    return (wattle_extern){extern_kind_in(r->kind), {.func = r->handle}};
}

wasm_externkind_t wasm_extern_kind(const wasm_extern_t *e) {
    return (wasm_externkind_t)C_OBJECT(e)->kind;
}
_Static_assert((int)C_global == WASM_EXTERN_GLOBAL && (int)C_table == WASM_EXTERN_TABLE &&
                   (int)C_memory == WASM_EXTERN_MEMORY && (int)C_tag == WASM_EXTERN_TAG,
               "kinds of externs as published");

wasm_externtype_t *wasm_extern_type(const wasm_extern_t *e) {
    return wt_wasm_c_externtype(wattle_extern_get_type(C_INNER(e), extern_in(C_OBJECT(e))));
}

wasm_instance_t *wasm_instance_new(wasm_store_t *s, const wasm_module_t *module,
                                   const wasm_extern_vec_t *imports, wasm_trap_t **trap) {
    size_t count = imports ? imports->size : 0;
    wattle_extern *items = c_new((count + 1) * sizeof *items);
    wattle_instance in;
    if (trap)
        *trap = NULL;
    if (!items)
        return NULL;
    for (size_t i = 0; i < count; i++)
        items[i] = imports->data[i] ? extern_in(C_OBJECT(imports->data[i])) : (wattle_extern){0};
    wattle_status status =
        wattle_instance_new_with(s->inner, C_OBJECT(module)->module, items, count, &in);
    c_free(items);
    if (status == WATTLE_OK)
        return (wasm_instance_t *)(void *)retain_ref(object_of(s, C_instance, C_ANY(in)));
    wasm_trap_t *t = trap_of(s, status);
    if (trap)
        *trap = t;
    else
        wasm_trap_delete(t);
    return NULL;
}

void wasm_instance_exports(const wasm_instance_t *instance, wasm_extern_vec_t *out) {
    wasm_ref_t *r = C_OBJECT(instance);
    wattle_instance in = C_HANDLE(wattle_instance, instance);
    wasm_extern_vec_new_uninitialized(
        out, wattle_module_export_count(wattle_instance_module(C_INNER(r), in)));
    for (size_t i = 0; i < out->size; i++) {
        wattle_extern e;
        if (wattle_instance_export_at(C_INNER(r), in, i, &e))
            out->data[i] = (wasm_extern_t *)(void *)retain_ref(
                object_of(r->store, extern_kind_out(e.kind), e.of.func));
    }
}
