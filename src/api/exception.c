/* Exceptions from the host's side: made, looked at, and the one that ended a call. They are
   objects of the store's heap (run/object.h); how one is thrown is in func.c. */
#include "api/inside.h"

#include "run/object.h"

bool wt_api_exception_in(wattle_store *s, wattle_ref ref, Value *exn) {
    const wattle_value v = {.kind = WATTLE_EXNREF, .of = {.ref = ref}};
    return wt_api_value_in(s, VAL_REF_OF(HEAP_exn, false), &v, exn, "exception", 1) == WATTLE_OK;
}

static wattle_status exception_out(wattle_store *s, Value exn, wattle_ref *out) {
    wattle_value v;
    bool rooted = wt_api_value_out(s, WATTLE_EXNREF, &exn, &v);
    *out = rooted ? v.of.ref : (wattle_ref){0};
    return rooted ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
}

static wattle_status exception_with(wattle_store *s, TagInst *tag, const wattle_value *values,
                                    Value *slots, wattle_ref *out) {
    const TypeDef *type = types_def(&s->run->types, tag->type_id);
    Value *at = slots;
    for (uint32_t i = 0; i < type->param_count; i++) {
        wattle_status status = wt_api_value_in(s, type->params[i], &values[i], at, "value", i + 1);
        if (status != WATTLE_OK)
            return status;
        at += valtype_slots(type->params[i]);
    }
    /* What the values refer to has roots of the embedder. */
    Value exn = wt_object_exn(s->run, tag, slots, s->run->stack_top);
    if (!exn && s->run->depth == 0)
        wt_trap_clear(s->run);
    return exn ? exception_out(s, exn, out) : WATTLE_OUT_OF_MEMORY;
}

wattle_status wattle_exception_new(wattle_store *store, wattle_tag tag, const wattle_value *values,
                                   size_t count, wattle_ref *out) {
    TagInst *t = API_TAG(store, tag);
    *out = (wattle_ref){0};
    if (!t)
        return wt_api_fail(store, WATTLE_USAGE, "a tag of another store, or none");
    uint32_t params = types_def(&store->run->types, t->type_id)->param_count;
    if (count != params)
        return wt_api_fail(store, WATTLE_USAGE, "the tag takes %u values, not %zu",
                           (unsigned)params, count);
    size_t size = (store->run->types.info[t->type_id].param_slots + (size_t)1) * sizeof(Value);
    Value *slots = allocator_get(&store->allocator, size);
    if (!slots)
        return WATTLE_OUT_OF_MEMORY;
    wattle_status status = exception_with(store, t, values, slots, out);
    allocator_free(&store->allocator, slots, size);
    return status;
}

wattle_status wattle_exception_tag(wattle_store *store, wattle_ref exception, wattle_tag *out) {
    Value exn;
    *out = (wattle_tag){0};
    if (!wt_api_exception_in(store, exception, &exn))
        return WATTLE_USAGE;
    const Extern tag = {.kind = EXTERN_tag, .tag = wt_object_exn_tag(store->run, exn)};
    wattle_extern item;
    if (!wt_api_extern_out(store, &tag, &item))
        return WATTLE_OUT_OF_MEMORY;
    *out = item.of.tag;
    return WATTLE_OK;
}

wattle_status wattle_exception_values(wattle_store *store, wattle_ref exception,
                                      wattle_value *values, size_t count) {
    Value exn;
    if (!wt_api_exception_in(store, exception, &exn))
        return WATTLE_USAGE;
    const TypeDef *type =
        types_def(&store->run->types, wt_object_exn_tag(store->run, exn)->type_id);
    if (count != type->param_count)
        return wt_api_fail(store, WATTLE_USAGE, "the exception has %u values, not %zu",
                           (unsigned)type->param_count, count);
    const Value *at = wt_object_exn_values(store->run, exn);
    for (uint32_t i = 0; i < type->param_count; i++) {
        if (!wt_api_value_out(store, wt_api_kind(store_types(store), type->params[i]), at,
                              &values[i]))
            return WATTLE_OUT_OF_MEMORY;
        at += valtype_slots(type->params[i]);
    }
    return WATTLE_OK;
}

wattle_status wattle_store_exception(wattle_store *store, wattle_ref *out) {
    *out = (wattle_ref){0};
    if (store->run->trap.code != TRAP_exception)
        return wt_api_fail(store, WATTLE_USAGE, "the last call did not end with an exception");
    return exception_out(store, store->run->exception, out);
}
