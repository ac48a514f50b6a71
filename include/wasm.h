/* wasm.h - the standard C API of WebAssembly (WebAssembly/wasm-c-api) as Wattle serves it.

   Names, types and layouts are those of the published API, so that a program compiled against
   either header links with this library; the text is our own. Wattle's own API, wattle.h, does
   more.

   Ownership. `own` marks what belongs to the reader of the line afterwards: an own result or out
   parameter to the caller, an own argument to the callee. Own objects are given back with
   wasm_X_delete; an own vector owns its elements too. Everything else is lent. Deleting a reference
   ends that reference only: what it refers to lives on in its store. NULL may be deleted.

   Threads. An engine may be used by several threads at once. A store and all that was made in it
   belong to one thread at a time. A module goes from one store to another by wasm_module_share and
   wasm_module_obtain; the shared form may be used from any thread, by several at once.

   What Wattle adds to the published text
   - A store whose objects are still referred to is freed with the last reference.
   - Copies are equal: wasm_X_same and host info see one object through all references to it.
   - Host info of functions, globals, tables, memories and instances stays until the store is freed,
   and its finaliser runs then; of modules, traps and foreign objects when the last use ends.
   - wasm_ref_as_X and wasm_extern_as_X give NULL for an object of another kind.
   - Memory that runs out gives NULL, false or an empty vector.
   - A module that cannot be linked gives a trap that says why. So does a call with wrong arguments.
   - Kinds beyond the published ones: WASM_V128 (cannot be a wasm_val_t), WASM_OTHERREF (a reference
   to neither a function nor a host object; null can be passed), WASM_EXTERN_TAG. */
#ifndef WASM_H
#define WASM_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifndef WASM_API_EXTERN
#if defined(_WIN32) && !defined(__MINGW32__) && !defined(LIBWASM_STATIC)
#define WASM_API_EXTERN __declspec(dllimport)
#else
#define WASM_API_EXTERN
#endif
#endif

#ifdef __cplusplus
extern "C" {
#endif
#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility push(default)
#endif

#define own

/* ---- machine types ---- */

typedef char byte_t;
typedef float float32_t;
typedef double float64_t;

/* What the layouts rest on. */
static inline void assertions(void) {
    static_assert(sizeof(float32_t) == 4 && sizeof(float64_t) == 8, "IEEE 754 floats");
    static_assert(sizeof(intptr_t) == 4 || sizeof(intptr_t) == 8, "pointers of 32 or 64 bits");
}

/* ---- families of functions ---- */

#define WASM_DECLARE_OWN(name)                                                                     \
    typedef struct wasm_##name##_t wasm_##name##_t;                                                \
    WASM_API_EXTERN void wasm_##name##_delete(own wasm_##name##_t *);

/* A vector: new_uninitialized leaves the elements to be filled in, new takes them, copy copies each
   element. star is `*` when the elements are objects. */
#define WASM_DECLARE_VEC(name, star)                                                               \
    typedef struct wasm_##name##_vec_t {                                                           \
        size_t size;                                                                               \
        wasm_##name##_t star *data;                                                                \
    } wasm_##name##_vec_t;                                                                         \
    WASM_API_EXTERN void wasm_##name##_vec_new_empty(own wasm_##name##_vec_t *out);                \
    WASM_API_EXTERN void wasm_##name##_vec_new_uninitialized(own wasm_##name##_vec_t *out,         \
                                                             size_t);                              \
    WASM_API_EXTERN void wasm_##name##_vec_new(own wasm_##name##_vec_t *out, size_t,               \
                                               own wasm_##name##_t star const[]);                  \
    WASM_API_EXTERN void wasm_##name##_vec_copy(own wasm_##name##_vec_t *out,                      \
                                                const wasm_##name##_vec_t *);                      \
    WASM_API_EXTERN void wasm_##name##_vec_delete(own wasm_##name##_vec_t *);

#define WASM_DECLARE_TYPE(name)                                                                    \
    WASM_DECLARE_OWN(name)                                                                         \
    WASM_DECLARE_VEC(name, *)                                                                      \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *);

/* ---- bytes and names ---- */

typedef byte_t wasm_byte_t;
WASM_DECLARE_VEC(byte, )

typedef wasm_byte_vec_t wasm_name_t;

#define wasm_name wasm_byte_vec
#define wasm_name_new wasm_byte_vec_new
#define wasm_name_new_empty wasm_byte_vec_new_empty
#define wasm_name_new_new_uninitialized wasm_byte_vec_new_uninitialized /* as published */
#define wasm_name_copy wasm_byte_vec_copy
#define wasm_name_delete wasm_byte_vec_delete

/* Without the NUL, and with it. */
static inline void wasm_name_new_from_string(own wasm_name_t *out, const char *s) {
    wasm_byte_vec_new(out, strlen(s), s);
}
static inline void wasm_name_new_from_string_nt(own wasm_name_t *out, const char *s) {
    wasm_byte_vec_new(out, strlen(s) + 1, s);
}

/* ---- configuration, engine, store ---- */

WASM_DECLARE_OWN(config)
WASM_API_EXTERN own wasm_config_t *wasm_config_new(void);

WASM_DECLARE_OWN(engine)
WASM_API_EXTERN own wasm_engine_t *wasm_engine_new(void);
WASM_API_EXTERN own wasm_engine_t *wasm_engine_new_with_config(own wasm_config_t *);

WASM_DECLARE_OWN(store)
WASM_API_EXTERN own wasm_store_t *wasm_store_new(wasm_engine_t *);

/* ---- types ---- */

typedef uint8_t wasm_mutability_t;
enum wasm_mutability_enum { WASM_CONST, WASM_VAR };

typedef struct wasm_limits_t {
    uint32_t min;
    uint32_t max; /* wasm_limits_max_default: none */
} wasm_limits_t;
static const uint32_t wasm_limits_max_default = 0xffffffff;

WASM_DECLARE_TYPE(valtype)

typedef uint8_t wasm_valkind_t;
enum wasm_valkind_enum {
    WASM_I32,
    WASM_I64,
    WASM_F32,
    WASM_F64,
    WASM_V128, /* not in the published API */
    WASM_EXTERNREF = 128,
    WASM_FUNCREF,
    WASM_OTHERREF, /* not in the published API */
};

WASM_API_EXTERN own wasm_valtype_t *wasm_valtype_new(wasm_valkind_t);
WASM_API_EXTERN wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t *);

static inline bool wasm_valkind_is_num(wasm_valkind_t k) { return k < WASM_EXTERNREF; }
static inline bool wasm_valkind_is_ref(wasm_valkind_t k) { return k >= WASM_EXTERNREF; }
static inline bool wasm_valtype_is_num(const wasm_valtype_t *t) {
    return wasm_valkind_is_num(wasm_valtype_kind(t));
}
static inline bool wasm_valtype_is_ref(const wasm_valtype_t *t) {
    return wasm_valkind_is_ref(wasm_valtype_kind(t));
}

WASM_DECLARE_TYPE(functype)
WASM_API_EXTERN own wasm_functype_t *wasm_functype_new(own wasm_valtype_vec_t *params,
                                                       own wasm_valtype_vec_t *results);
WASM_API_EXTERN const wasm_valtype_vec_t *wasm_functype_params(const wasm_functype_t *);
WASM_API_EXTERN const wasm_valtype_vec_t *wasm_functype_results(const wasm_functype_t *);

WASM_DECLARE_TYPE(globaltype)
WASM_API_EXTERN own wasm_globaltype_t *wasm_globaltype_new(own wasm_valtype_t *, wasm_mutability_t);
WASM_API_EXTERN const wasm_valtype_t *wasm_globaltype_content(const wasm_globaltype_t *);
WASM_API_EXTERN wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t *);

WASM_DECLARE_TYPE(tabletype)
WASM_API_EXTERN own wasm_tabletype_t *wasm_tabletype_new(own wasm_valtype_t *,
                                                         const wasm_limits_t *);
WASM_API_EXTERN const wasm_valtype_t *wasm_tabletype_element(const wasm_tabletype_t *);
WASM_API_EXTERN const wasm_limits_t *wasm_tabletype_limits(const wasm_tabletype_t *);

WASM_DECLARE_TYPE(memorytype)
WASM_API_EXTERN own wasm_memorytype_t *wasm_memorytype_new(const wasm_limits_t *);
WASM_API_EXTERN const wasm_limits_t *wasm_memorytype_limits(const wasm_memorytype_t *);

WASM_DECLARE_TYPE(externtype)

typedef uint8_t wasm_externkind_t;
enum wasm_externkind_enum {
    WASM_EXTERN_FUNC,
    WASM_EXTERN_GLOBAL,
    WASM_EXTERN_TABLE,
    WASM_EXTERN_MEMORY,
    WASM_EXTERN_TAG, /* not in the published API */
};

WASM_API_EXTERN wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t *);

/* Upwards the same object, downwards the same or NULL. */
#define WASM_DECLARE_AS_EXTERNTYPE(name)                                                           \
    WASM_API_EXTERN wasm_externtype_t *wasm_##name##_as_externtype(wasm_##name##_t *);             \
    WASM_API_EXTERN wasm_##name##_t *wasm_externtype_as_##name(wasm_externtype_t *);               \
    WASM_API_EXTERN const wasm_externtype_t *wasm_##name##_as_externtype_const(                    \
        const wasm_##name##_t *);                                                                  \
    WASM_API_EXTERN const wasm_##name##_t *wasm_externtype_as_##name##_const(                      \
        const wasm_externtype_t *);
WASM_DECLARE_AS_EXTERNTYPE(functype)
WASM_DECLARE_AS_EXTERNTYPE(globaltype)
WASM_DECLARE_AS_EXTERNTYPE(tabletype)
WASM_DECLARE_AS_EXTERNTYPE(memorytype)

WASM_DECLARE_TYPE(importtype)
WASM_API_EXTERN own wasm_importtype_t *
wasm_importtype_new(own wasm_name_t *module, own wasm_name_t *name, own wasm_externtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_importtype_module(const wasm_importtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_importtype_name(const wasm_importtype_t *);
WASM_API_EXTERN const wasm_externtype_t *wasm_importtype_type(const wasm_importtype_t *);

WASM_DECLARE_TYPE(exporttype)
WASM_API_EXTERN own wasm_exporttype_t *wasm_exporttype_new(own wasm_name_t *,
                                                           own wasm_externtype_t *);
WASM_API_EXTERN const wasm_name_t *wasm_exporttype_name(const wasm_exporttype_t *);
WASM_API_EXTERN const wasm_externtype_t *wasm_exporttype_type(const wasm_exporttype_t *);

/* ---- values ---- */

struct wasm_ref_t;

typedef struct wasm_val_t {
    wasm_valkind_t kind;
    union {
        int32_t i32;
        int64_t i64;
        float32_t f32;
        float64_t f64;
        struct wasm_ref_t *ref;
    } of;
} wasm_val_t;

WASM_API_EXTERN void wasm_val_delete(own wasm_val_t *v);
WASM_API_EXTERN void wasm_val_copy(own wasm_val_t *out, const wasm_val_t *);
WASM_DECLARE_VEC(val, )

/* ---- references ---- */

#define WASM_DECLARE_REF_BASE(name)                                                                \
    WASM_DECLARE_OWN(name)                                                                         \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_copy(const wasm_##name##_t *);              \
    WASM_API_EXTERN bool wasm_##name##_same(const wasm_##name##_t *, const wasm_##name##_t *);     \
    WASM_API_EXTERN void *wasm_##name##_get_host_info(const wasm_##name##_t *);                    \
    WASM_API_EXTERN void wasm_##name##_set_host_info(wasm_##name##_t *, void *);                   \
    WASM_API_EXTERN void wasm_##name##_set_host_info_with_finalizer(wasm_##name##_t *, void *,     \
                                                                    void (*)(void *));

#define WASM_DECLARE_REF(name)                                                                     \
    WASM_DECLARE_REF_BASE(name)                                                                    \
    WASM_API_EXTERN wasm_ref_t *wasm_##name##_as_ref(wasm_##name##_t *);                           \
    WASM_API_EXTERN wasm_##name##_t *wasm_ref_as_##name(wasm_ref_t *);                             \
    WASM_API_EXTERN const wasm_ref_t *wasm_##name##_as_ref_const(const wasm_##name##_t *);         \
    WASM_API_EXTERN const wasm_##name##_t *wasm_ref_as_##name##_const(const wasm_ref_t *);

#define WASM_DECLARE_SHARABLE_REF(name)                                                            \
    WASM_DECLARE_REF(name)                                                                         \
    WASM_DECLARE_OWN(shared_##name)                                                                \
    WASM_API_EXTERN own wasm_shared_##name##_t *wasm_##name##_share(const wasm_##name##_t *);      \
    WASM_API_EXTERN own wasm_##name##_t *wasm_##name##_obtain(wasm_store_t *,                      \
                                                              const wasm_shared_##name##_t *);

WASM_DECLARE_REF_BASE(ref)

/* ---- traps and the frames they went through ---- */

WASM_DECLARE_OWN(frame)
WASM_DECLARE_VEC(frame, *)
WASM_API_EXTERN own wasm_frame_t *wasm_frame_copy(const wasm_frame_t *);
WASM_API_EXTERN struct wasm_instance_t *wasm_frame_instance(const wasm_frame_t *);
WASM_API_EXTERN uint32_t wasm_frame_func_index(const wasm_frame_t *);
WASM_API_EXTERN size_t wasm_frame_func_offset(const wasm_frame_t *);
WASM_API_EXTERN size_t wasm_frame_module_offset(const wasm_frame_t *);

typedef wasm_name_t wasm_message_t; /* ends with a NUL, which its size counts */

WASM_DECLARE_REF(trap)
WASM_API_EXTERN own wasm_trap_t *wasm_trap_new(wasm_store_t *store, const wasm_message_t *);
WASM_API_EXTERN void wasm_trap_message(const wasm_trap_t *, own wasm_message_t *out);
/* The innermost frame; NULL: there is none. */
WASM_API_EXTERN own wasm_frame_t *wasm_trap_origin(const wasm_trap_t *);
WASM_API_EXTERN void wasm_trap_trace(const wasm_trap_t *, own wasm_frame_vec_t *out);

/* ---- objects of the host ---- */

/* Something that wasm code can hold as an externref and that carries host info. */
WASM_DECLARE_REF(foreign)
WASM_API_EXTERN own wasm_foreign_t *wasm_foreign_new(wasm_store_t *);

/* ---- modules ---- */

WASM_DECLARE_SHARABLE_REF(module)
/* NULL: the bytes are no valid binary. */
WASM_API_EXTERN own wasm_module_t *wasm_module_new(wasm_store_t *, const wasm_byte_vec_t *binary);
WASM_API_EXTERN bool wasm_module_validate(wasm_store_t *, const wasm_byte_vec_t *binary);
WASM_API_EXTERN void wasm_module_imports(const wasm_module_t *, own wasm_importtype_vec_t *out);
WASM_API_EXTERN void wasm_module_exports(const wasm_module_t *, own wasm_exporttype_vec_t *out);
/* The serialised form is checked when it is read. */
WASM_API_EXTERN void wasm_module_serialize(const wasm_module_t *, own wasm_byte_vec_t *out);
WASM_API_EXTERN own wasm_module_t *wasm_module_deserialize(wasm_store_t *, const wasm_byte_vec_t *);

/* ---- functions ---- */

WASM_DECLARE_REF(func)

/* A host function: reads args, fills results (which are zeroed) with own values, returns NULL or a
   trap. */
typedef own wasm_trap_t *(*wasm_func_callback_t)(const wasm_val_vec_t *args,
                                                 own wasm_val_vec_t *results);
typedef own wasm_trap_t *(*wasm_func_callback_with_env_t)(void *env, const wasm_val_vec_t *args,
                                                          wasm_val_vec_t *results);

WASM_API_EXTERN own wasm_func_t *wasm_func_new(wasm_store_t *, const wasm_functype_t *,
                                               wasm_func_callback_t);
WASM_API_EXTERN own wasm_func_t *wasm_func_new_with_env(wasm_store_t *, const wasm_functype_t *type,
                                                        wasm_func_callback_with_env_t, void *env,
                                                        void (*finalizer)(void *));
WASM_API_EXTERN own wasm_functype_t *wasm_func_type(const wasm_func_t *);
WASM_API_EXTERN size_t wasm_func_param_arity(const wasm_func_t *);
WASM_API_EXTERN size_t wasm_func_result_arity(const wasm_func_t *);
/* results has room for all results; they are own. */
WASM_API_EXTERN own wasm_trap_t *wasm_func_call(const wasm_func_t *, const wasm_val_vec_t *args,
                                                wasm_val_vec_t *results);

/* ---- globals ---- */

WASM_DECLARE_REF(global)
WASM_API_EXTERN own wasm_global_t *wasm_global_new(wasm_store_t *, const wasm_globaltype_t *,
                                                   const wasm_val_t *);
WASM_API_EXTERN own wasm_globaltype_t *wasm_global_type(const wasm_global_t *);
WASM_API_EXTERN void wasm_global_get(const wasm_global_t *, own wasm_val_t *out);
WASM_API_EXTERN void wasm_global_set(wasm_global_t *, const wasm_val_t *);

/* ---- tables ---- */

WASM_DECLARE_REF(table)

typedef uint32_t wasm_table_size_t;

WASM_API_EXTERN own wasm_table_t *wasm_table_new(wasm_store_t *, const wasm_tabletype_t *,
                                                 wasm_ref_t *init);
WASM_API_EXTERN own wasm_tabletype_t *wasm_table_type(const wasm_table_t *);
WASM_API_EXTERN own wasm_ref_t *wasm_table_get(const wasm_table_t *, wasm_table_size_t index);
WASM_API_EXTERN bool wasm_table_set(wasm_table_t *, wasm_table_size_t index, wasm_ref_t *);
WASM_API_EXTERN wasm_table_size_t wasm_table_size(const wasm_table_t *);
WASM_API_EXTERN bool wasm_table_grow(wasm_table_t *, wasm_table_size_t delta, wasm_ref_t *init);

/* ---- memories ---- */

WASM_DECLARE_REF(memory)

typedef uint32_t wasm_memory_pages_t;
static const size_t MEMORY_PAGE_SIZE = 0x10000;

WASM_API_EXTERN own wasm_memory_t *wasm_memory_new(wasm_store_t *, const wasm_memorytype_t *);
WASM_API_EXTERN own wasm_memorytype_t *wasm_memory_type(const wasm_memory_t *);
/* Until the next call into wasm or growth. */
WASM_API_EXTERN byte_t *wasm_memory_data(wasm_memory_t *);
WASM_API_EXTERN size_t wasm_memory_data_size(const wasm_memory_t *);
WASM_API_EXTERN wasm_memory_pages_t wasm_memory_size(const wasm_memory_t *);
WASM_API_EXTERN bool wasm_memory_grow(wasm_memory_t *, wasm_memory_pages_t delta);

/* ---- whatever can be imported and exported ---- */

WASM_DECLARE_REF(extern)
WASM_DECLARE_VEC(extern, *)

WASM_API_EXTERN wasm_externkind_t wasm_extern_kind(const wasm_extern_t *);
WASM_API_EXTERN own wasm_externtype_t *wasm_extern_type(const wasm_extern_t *);

#define WASM_DECLARE_AS_EXTERN(name)                                                               \
    WASM_API_EXTERN wasm_extern_t *wasm_##name##_as_extern(wasm_##name##_t *);                     \
    WASM_API_EXTERN wasm_##name##_t *wasm_extern_as_##name(wasm_extern_t *);                       \
    WASM_API_EXTERN const wasm_extern_t *wasm_##name##_as_extern_const(const wasm_##name##_t *);   \
    WASM_API_EXTERN const wasm_##name##_t *wasm_extern_as_##name##_const(const wasm_extern_t *);
WASM_DECLARE_AS_EXTERN(func)
WASM_DECLARE_AS_EXTERN(global)
WASM_DECLARE_AS_EXTERN(table)
WASM_DECLARE_AS_EXTERN(memory)

/* ---- instances ---- */

WASM_DECLARE_REF(instance)
/* imports by position. NULL: a trap is given, when there is a place for it. */
WASM_API_EXTERN own wasm_instance_t *wasm_instance_new(wasm_store_t *, const wasm_module_t *,
                                                       const wasm_extern_vec_t *imports,
                                                       own wasm_trap_t **);
WASM_API_EXTERN void wasm_instance_exports(const wasm_instance_t *, own wasm_extern_vec_t *out);

/* ---- short forms ---- */

#define WASM_EMPTY_VEC {0, NULL}
#define WASM_ARRAY_VEC(array) {sizeof(array) / sizeof(*(array)), array}

#define WASM_VALTYPE_SHORT(name, kind)                                                             \
    static inline own wasm_valtype_t *wasm_valtype_new_##name(void) {                              \
        return wasm_valtype_new(kind);                                                             \
    }
WASM_VALTYPE_SHORT(i32, WASM_I32)
WASM_VALTYPE_SHORT(i64, WASM_I64)
WASM_VALTYPE_SHORT(f32, WASM_F32)
WASM_VALTYPE_SHORT(f64, WASM_F64)
WASM_VALTYPE_SHORT(externref, WASM_EXTERNREF)
WASM_VALTYPE_SHORT(funcref, WASM_FUNCREF)
#undef WASM_VALTYPE_SHORT

/* A function type of the first np of three parameters and nr of two results. */
static inline own wasm_functype_t *wasm_functype_of(size_t np, own wasm_valtype_t *p1,
                                                    own wasm_valtype_t *p2, own wasm_valtype_t *p3,
                                                    size_t nr, own wasm_valtype_t *r1,
                                                    own wasm_valtype_t *r2) {
    wasm_valtype_t *ps[3], *rs[2];
    wasm_valtype_vec_t params, results;
    ps[0] = p1;
    ps[1] = p2;
    ps[2] = p3;
    rs[0] = r1;
    rs[1] = r2;
    wasm_valtype_vec_new(&params, np, ps);
    wasm_valtype_vec_new(&results, nr, rs);
    return wasm_functype_new(&params, &results);
}
/* wasm_functype_new_P_R: P parameters, then R results. */
static inline own wasm_functype_t *wasm_functype_new_0_0(void) {
    return wasm_functype_of(0, NULL, NULL, NULL, 0, NULL, NULL);
}
static inline own wasm_functype_t *wasm_functype_new_1_0(own wasm_valtype_t *p) {
    return wasm_functype_of(1, p, NULL, NULL, 0, NULL, NULL);
}
static inline own wasm_functype_t *wasm_functype_new_2_0(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2) {
    return wasm_functype_of(2, p1, p2, NULL, 0, NULL, NULL);
}
static inline own wasm_functype_t *
wasm_functype_new_3_0(own wasm_valtype_t *p1, own wasm_valtype_t *p2, own wasm_valtype_t *p3) {
    return wasm_functype_of(3, p1, p2, p3, 0, NULL, NULL);
}
static inline own wasm_functype_t *wasm_functype_new_0_1(own wasm_valtype_t *r) {
    return wasm_functype_of(0, NULL, NULL, NULL, 1, r, NULL);
}
static inline own wasm_functype_t *wasm_functype_new_1_1(own wasm_valtype_t *p,
                                                         own wasm_valtype_t *r) {
    return wasm_functype_of(1, p, NULL, NULL, 1, r, NULL);
}
static inline own wasm_functype_t *
wasm_functype_new_2_1(own wasm_valtype_t *p1, own wasm_valtype_t *p2, own wasm_valtype_t *r) {
    return wasm_functype_of(2, p1, p2, NULL, 1, r, NULL);
}
static inline own wasm_functype_t *wasm_functype_new_3_1(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *p3,
                                                         own wasm_valtype_t *r) {
    return wasm_functype_of(3, p1, p2, p3, 1, r, NULL);
}
static inline own wasm_functype_t *wasm_functype_new_0_2(own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2) {
    return wasm_functype_of(0, NULL, NULL, NULL, 2, r1, r2);
}
static inline own wasm_functype_t *
wasm_functype_new_1_2(own wasm_valtype_t *p, own wasm_valtype_t *r1, own wasm_valtype_t *r2) {
    return wasm_functype_of(1, p, NULL, NULL, 2, r1, r2);
}
static inline own wasm_functype_t *wasm_functype_new_2_2(own wasm_valtype_t *p1,
                                                         own wasm_valtype_t *p2,
                                                         own wasm_valtype_t *r1,
                                                         own wasm_valtype_t *r2) {
    return wasm_functype_of(2, p1, p2, NULL, 2, r1, r2);
}
static inline own wasm_functype_t *
wasm_functype_new_3_2(own wasm_valtype_t *p1, own wasm_valtype_t *p2, own wasm_valtype_t *p3,
                      own wasm_valtype_t *r1, own wasm_valtype_t *r2) {
    return wasm_functype_of(3, p1, p2, p3, 2, r1, r2);
}

/* A pointer of the host as a number. */
static inline void wasm_val_init_ptr(own wasm_val_t *out, void *p) {
#if UINTPTR_MAX == UINT32_MAX
    out->kind = WASM_I32;
    out->of.i32 = (int32_t)(intptr_t)p;
#else
    out->kind = WASM_I64;
    out->of.i64 = (int64_t)(intptr_t)p;
#endif
}
static inline void *wasm_val_ptr(const wasm_val_t *val) {
#if UINTPTR_MAX == UINT32_MAX
    return (void *)(intptr_t)val->of.i32;
#else
    return (void *)(intptr_t)val->of.i64;
#endif
}

#define WASM_I32_VAL(i)                                                                            \
    {                                                                                              \
        .kind = WASM_I32, .of = {.i32 = i }                                                        \
    }
#define WASM_I64_VAL(i)                                                                            \
    {                                                                                              \
        .kind = WASM_I64, .of = {.i64 = i }                                                        \
    }
#define WASM_F32_VAL(z)                                                                            \
    {                                                                                              \
        .kind = WASM_F32, .of = {.f32 = z }                                                        \
    }
#define WASM_F64_VAL(z)                                                                            \
    {                                                                                              \
        .kind = WASM_F64, .of = {.f64 = z }                                                        \
    }
#define WASM_REF_VAL(r)                                                                            \
    {                                                                                              \
        .kind = WASM_EXTERNREF, .of = {.ref = r }                                                  \
    }
#define WASM_INIT_VAL                                                                              \
    {                                                                                              \
        .kind = WASM_EXTERNREF, .of = {.ref = NULL }                                               \
    }

#undef own

#if defined(__GNUC__) && !defined(_WIN32)
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif
#endif
