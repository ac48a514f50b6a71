/* Running a module that nobody knows: its imports are made up, its exported functions are called
   with numbers that follow from their place. fuzz/run.c and fuzz/differ.c share it. */
#ifndef WATTLE_FUZZ_SESSION_H
#define WATTLE_FUZZ_SESSION_H

#include "wattle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SESSION_values = 64, SESSION_rounds = 2 };

/* The numbers: xorshift, with corner values now and then. */
static inline uint64_t session_next(uint64_t *state) {
    static const uint64_t corners[] = {
        0, 1, UINT64_MAX, 0x80000000u, 0x7FFFFFFFu, 0x8000000000000000u, 0x7FFFFFFFFFFFFFFFu, 31,
    };
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    *state = x;
    return x % 4 == 0 ? corners[x / 4 % 8] : x >> (x / 64 % 64);
}

/* A value of a type; false: there is none (a reference that cannot be null). */
static inline bool session_value(wattle_valtype type, uint64_t *state, wattle_value *v) {
    *v = (wattle_value){.kind = (wattle_kind)type.kind};
    uint64_t n;
    switch ((wattle_kind)type.kind) {
    case WATTLE_I32:
        v->of.i32 = (int32_t)(uint32_t)session_next(state);
        return true;
    case WATTLE_I64:
        v->of.i64 = (int64_t)session_next(state);
        return true;
    case WATTLE_F32:
        v->of.f32 = (float)(int32_t)(uint32_t)session_next(state) / 16;
        return true;
    case WATTLE_F64:
        v->of.f64 = (double)(int32_t)(uint32_t)session_next(state) / 16;
        return true;
    case WATTLE_V128:
        for (int i = 0; i < 2; i++) {
            n = session_next(state);
            memcpy(v->of.v128 + 8 * i, &n, 8);
        }
        return true;
    case WATTLE_FUNCREF:
    case WATTLE_EXTERNREF:
    case WATTLE_ANYREF:
    case WATTLE_EXNREF:
    case WATTLE_CONTREF:
        return type.nullable;
    case WATTLE_I8:
    case WATTLE_I16:
        break;
    }
    return false;
}

/* An imported function: zeros, or a trap where a zero cannot be. */
static inline wattle_status session_host(void *user, wattle_caller *caller,
                                         const wattle_value *args, wattle_value *results) {
    (void)user, (void)args, (void)results;
    return caller ? WATTLE_OK : WATTLE_USAGE;
}

/* A null of a type that has none makes the store refuse the result: a trap as well. */
static inline bool session_import(wattle_store *s, const wattle_extern_type *type,
                                  wattle_extern *out) {
    *out = (wattle_extern){.kind = type->kind};
    wattle_valtype types[2 * SESSION_values];
    wattle_functype ft = {types, types, 0, 0};
    wattle_value v;
    uint64_t state = 1;
    switch (type->kind) {
    case WATTLE_EXTERN_FUNC:
    case WATTLE_EXTERN_TAG:
        ft.param_count = wattle_type_param_count(type->type);
        ft.result_count = wattle_type_result_count(type->type);
        if (ft.param_count > SESSION_values || ft.result_count > SESSION_values)
            return false;
        for (size_t i = 0; i < ft.param_count; i++)
            types[i] = wattle_type_param(type->type, i);
        ft.results = types + ft.param_count;
        for (size_t i = 0; i < ft.result_count; i++)
            types[ft.param_count + i] = wattle_type_result(type->type, i);
        return type->kind == WATTLE_EXTERN_FUNC
                   ? wattle_func_new(s, &ft, session_host, NULL, NULL, &out->of.func) == WATTLE_OK
                   : wattle_tag_new(s, &ft, &out->of.tag) == WATTLE_OK;
    case WATTLE_EXTERN_TABLE:
        return wattle_table_new(s, type->value, &type->limits, NULL, &out->of.table) == WATTLE_OK;
    case WATTLE_EXTERN_MEMORY:
        return wattle_memory_new(s, &type->limits, &out->of.memory) == WATTLE_OK;
    case WATTLE_EXTERN_GLOBAL:
        return session_value(type->value, &state, &v) &&
               wattle_global_new(s, type->value, type->is_mutable, &v, &out->of.global) ==
                   WATTLE_OK;
    }
    return false;
}

static inline wattle_status session_instantiate(wattle_store *s, const wattle_module *m,
                                                wattle_instance *out) {
    size_t n = wattle_module_import_count(m);
    if (n > SESSION_values)
        return WATTLE_LINK;
    wattle_extern imports[SESSION_values];
    for (size_t i = 0; i < n; i++) {
        wattle_import import = wattle_module_import(m, i);
        if (!session_import(s, &import.type, &imports[i]))
            return WATTLE_LINK;
    }
    return wattle_instance_new_with(s, m, imports, n, out);
}

/* Made-up arguments of a function. false: there are none. */
static inline bool session_args(wattle_type type, uint64_t *state, wattle_value *args) {
    size_t n = wattle_type_param_count(type);
    if (n > SESSION_values || wattle_type_result_count(type) > SESSION_values)
        return false;
    for (size_t i = 0; i < n; i++)
        if (!session_value(wattle_type_param(type, i), state, &args[i]))
            return false;
    return true;
}

/* Calls a function with made-up arguments. false: there are none. */
static inline bool session_call(wattle_store *s, wattle_func f, uint64_t *state,
                                wattle_value *results, wattle_status *status) {
    wattle_type type = wattle_func_type(s, f);
    wattle_value args[SESSION_values];
    if (!session_args(type, state, args))
        return false;
    *status = wattle_func_call(s, f, args, wattle_type_param_count(type), results,
                               wattle_type_result_count(type));
    return true;
}

#endif
