/* Functions: host functions behind run's HostFn, and calls from the host.

   run/ calls enter_host with Values in the frame; it turns them into wattle_values in a scope of
   their own and back. The fast form passes the Values on as they are: a wattle_slot is one. */
#include "api/inside.h"

#include "run/call.h"

_Static_assert(sizeof(wattle_slot) == sizeof(Value), "a slot is a Value");

enum { SMALL_CALL = 16 };

/* A wattle_caller is the Caller: machine code passes it on. */
static const Caller *caller_inner(const wattle_caller *caller) {
    return (const Caller *)(const void *)caller;
}

wattle_store *wattle_caller_store(const wattle_caller *caller) {
    return caller_inner(caller)->store->owner;
}

wattle_instance wattle_caller_instance(const wattle_caller *caller) {
    wattle_store *s = wattle_caller_store(caller);
    Instance *in = caller_inner(caller)->instance;
    uint32_t place = in ? wt_api_place(s, HANDLE_instance, in, in) : 0;
    return (wattle_instance){place ? s->id : 0, place};
}

void *wattle_caller_memory(const wattle_caller *caller, uint64_t at, uint64_t len) {
    MemoryView view = caller_memory(caller_inner(caller));
    return view.base && len <= view.len && at <= view.len - len ? view.base + at : NULL;
}

wattle_status wattle_caller_trap(wattle_caller *caller, const char *message) {
    Store *s = caller_inner(caller)->store;
    wt_trap_clear(s);
    wt_trap_host(s, message);
    return WATTLE_TRAP;
}

wattle_status wattle_caller_exit(wattle_caller *caller, uint32_t code) {
    Store *s = caller_inner(caller)->store;
    wt_trap_clear(s);
    wt_trap_exit(s, code);
    return WATTLE_EXIT;
}

wattle_status wattle_caller_throw(wattle_caller *caller, wattle_ref exception) {
    wattle_store *s = wattle_caller_store(caller);
    Value exn;
    wt_trap_clear(s->run);
    if (!wt_api_exception_in(s, exception, &exn))
        return wattle_caller_trap(caller, "host function failed: what it throws is no exception");
    s->run->exception = exn;
    wt_trap_set(s->run, TRAP_exception, NULL);
    return WATTLE_EXCEPTION;
}

/* ---- host functions ---- */

static const char *host_failure(wattle_status status) {
    switch (status) {
    case WATTLE_OK:
    case WATTLE_TRAP:
    case WATTLE_EXIT:
    case WATTLE_EXCEPTION:
    case WATTLE_MALFORMED:
    case WATTLE_INVALID:
    case WATTLE_LIMIT:
    case WATTLE_WRITE_FAILED:
    case WATTLE_LINK:
        break;
    case WATTLE_OUT_OF_MEMORY:
        return "host function failed: out of memory";
    case WATTLE_USAGE:
        return "host function failed: wrong use of the library";
    }
    return NULL; /* "host function failed" */
}

/* What a host function answered. true: go on. */
static bool host_ended(wattle_store *s, wattle_status status) {
    if (status == WATTLE_OK) {
        /* A failure that it met inside is its own business. */
        if (s->run->trap.code != TRAP_none)
            wt_trap_clear(s->run);
        return true;
    }
    /* An exception that it met inside and does not let through, but fails for another reason. */
    if (status != WATTLE_EXCEPTION && s->run->trap.code == TRAP_exception)
        wt_trap_clear(s->run);
    return wt_trap_set(s->run, TRAP_host, host_failure(status));
}

bool wt_api_host_ended(void *store, int status) { return host_ended(store, (wattle_status)status); }

static bool enter_fast(void *user, Caller *inner, const Value *args, Value *results) {
    const HostFunc *h = user;
    wattle_status status =
        h->fast(h->user, (wattle_caller *)(void *)inner, (const wattle_slot *)(const void *)args,
                (wattle_slot *)(void *)results);
    bool plain = status == WATTLE_OK && inner->store->trap.code == TRAP_none;
    return WT_LIKELY(plain) || host_ended(inner->store->owner, status);
}

static bool host_args(wattle_store *s, const HostFunc *h, const Value *at, wattle_value *values) {
    for (uint32_t i = 0; i < h->param_count; i++) {
        if (!wt_api_value_out(s, (wattle_kind)h->kinds[i], at, &values[i]))
            return wt_trap_set(s->run, TRAP_out_of_memory, NULL);
        at += valtype_slots(h->types[i]);
    }
    for (uint32_t i = 0; i < h->result_count; i++)
        values[h->param_count + i] =
            (wattle_value){.kind = (wattle_kind)h->kinds[h->param_count + i]};
    return true;
}

static bool host_results(wattle_store *s, const HostFunc *h, const wattle_value *values,
                         Value *at) {
    for (uint32_t i = 0; i < h->result_count; i++) {
        ValType type = h->types[h->param_count + i];
        if (wt_api_value_in(s, type, &values[i], at, "result", i + 1) != WATTLE_OK)
            return wt_trap_set(s->run, TRAP_host, wattle_store_message(s));
        at += valtype_slots(type);
    }
    return true;
}

static bool enter_host(void *user, Caller *inner, const Value *args, Value *results) {
    const HostFunc *h = user;
    wattle_caller *caller = (wattle_caller *)(void *)inner;
    wattle_store *s = inner->store->owner;
    size_t count = (size_t)h->param_count + h->result_count;
    wattle_value small[SMALL_CALL], *values = small;
    if (count > SMALL_CALL) {
        values = allocator_get(&s->allocator, count * sizeof *values);
        if (!values)
            return wt_trap_set(s->run, TRAP_out_of_memory, NULL);
    }
    wattle_scope scope = wattle_scope_open(s);
    bool ok = scope.store || wt_trap_set(s->run, TRAP_out_of_memory, NULL);
    ok = ok && host_args(s, h, args, values) &&
         host_ended(s, h->fn(h->user, caller, values, values + h->param_count)) &&
         host_results(s, h, values + h->param_count, results);
    if (scope.store)
        wattle_scope_close(s, scope);
    if (values != small)
        allocator_free(&s->allocator, values, count * sizeof *values);
    return ok;
}

static size_t host_count(const HostFunc *h) { return (size_t)h->param_count + h->result_count; }

static bool types_from_letters(HostFunc *h, const char *signature) {
    uint32_t i = 0;
    bool colon = false;
    for (const char *c = signature; *c; c++) {
        if (*c == ':' && !colon) {
            colon = true;
            continue;
        }
        if (!wt_api_letter(*c, &h->types[i]) || valtype_is_ref(h->types[i]))
            return false;
        h->kinds[i] = (uint8_t)wt_api_kind(NULL, h->types[i]);
        i++;
    }
    return colon;
}

static bool types_from_list(HostFunc *h, const Module *m, const wattle_functype *type) {
    for (size_t i = 0; i < host_count(h); i++) {
        wattle_valtype t =
            i < type->param_count ? type->params[i] : type->results[i - type->param_count];
        if (!wt_api_valtype_in(m, t, &h->types[i]))
            return false;
        h->kinds[i] = t.kind;
    }
    return true;
}

static void host_free(const Allocator *al, HostFunc *h) {
    if (h->finalize)
        h->finalize(h->user);
    allocator_free(al, h->types, (host_count(h) + 1) * sizeof *h->types);
    allocator_free(al, h->kinds, host_count(h) + 1);
    allocator_free(al, h, sizeof *h);
}

HostFunc *wt_api_host_new(const Allocator *al, const Module *m, const wattle_functype *type,
                          const char *signature, void *user, void (*finalize)(void *user),
                          wattle_status *status) {
    size_t params, results;
    if (signature) {
        params = strcspn(signature, ":");
        results = strlen(signature) - params;
        results -= results > 0;
    } else {
        params = type->param_count;
        results = type->result_count;
    }
    Bounds bounds = wt_module_bounds_default();
    *status = WATTLE_LIMIT;
    HostFunc *h = NULL;
    if (params <= bounds.params && results <= bounds.results) {
        *status = WATTLE_OUT_OF_MEMORY;
        h = allocator_get(al, sizeof *h);
    }
    if (!h) {
        if (finalize)
            finalize(user);
        return NULL;
    }
    *h = (HostFunc){.user = user,
                    .finalize = finalize,
                    .param_count = (uint32_t)params,
                    .result_count = (uint32_t)results};
    h->types = allocator_get(al, (host_count(h) + 1) * sizeof *h->types);
    h->kinds = allocator_get(al, host_count(h) + 1);
    if (h->types && h->kinds) {
        *status = WATTLE_USAGE;
        if (signature ? types_from_letters(h, signature) : types_from_list(h, m, type))
            return h;
    }
    host_free(al, h);
    return NULL;
}

void wt_api_hosts_free(const Allocator *al, HostFunc *list) {
    for (HostFunc *next; list; list = next) {
        next = list->next;
        host_free(al, list);
    }
}

FuncInst *wt_api_host_bind(wattle_store *s, HostFunc *h) {
    uint32_t known = wt_api_place_find(s, h);
    if (known)
        return s->lists[HANDLE_func].items[known - 1];
    uint32_t id = wt_types_function(&s->run->types, h->types, h->param_count,
                                    h->types + h->param_count, h->result_count);
    FuncInst *f = wt_store_function(s->run, id, h->fast ? enter_fast : enter_host, h);
    if (f && h->fast) /* a status is an int, a slot a Value, a wattle_caller the Caller */
        wt_store_direct(s->run, f, (HostDirectFn *)(uintptr_t)h->fast, h->user);
    uint32_t place = f ? wt_api_place(s, HANDLE_func, f, f) : 0;
    return place && wt_api_place_add(s, h, place) ? f : NULL;
}

static wattle_status func_define(wattle_store *s, HostFunc *h, wattle_status status,
                                 wattle_func *out) {
    *out = (wattle_func){0};
    if (!h)
        return wt_api_fail(s, status, "a function type that makes no sense here");
    h->next = s->hosts;
    s->hosts = h;
    FuncInst *f = wt_api_host_bind(s, h);
    if (!f)
        return WATTLE_OUT_OF_MEMORY;
    *out = (wattle_func){s->id, wt_api_place_find(s, f)};
    return WATTLE_OK;
}

wattle_status wattle_func_new(wattle_store *store, const wattle_functype *type, wattle_host_fn fn,
                              void *user, void (*finalize)(void *user), wattle_func *out) {
    wattle_status status;
    HostFunc *h =
        wt_api_host_new(&store->allocator, store_types(store), type, NULL, user, finalize, &status);
    if (h)
        h->fn = fn;
    return func_define(store, h, status, out);
}

wattle_status wattle_func_new_fast(wattle_store *store, const char *signature,
                                   wattle_host_fast_fn fn, void *user, void (*finalize)(void *user),
                                   wattle_func *out) {
    wattle_status status;
    HostFunc *h =
        wt_api_host_new(&store->allocator, NULL, NULL, signature, user, finalize, &status);
    if (h)
        h->fast = fn;
    return func_define(store, h, status, out);
}

/* ---- calls ---- */

static wattle_status call_with(wattle_store *s, FuncInst *f, const wattle_value *args,
                               wattle_value *results, Value *slots) {
    const TypeDef *d = func_type(s->run, f);
    Value *at = slots;
    for (uint32_t i = 0; i < d->param_count; i++) {
        wattle_status status = wt_api_value_in(s, d->params[i], &args[i], at, "argument", i + 1);
        if (status != WATTLE_OK)
            return status;
        at += valtype_slots(d->params[i]);
    }
    if (!wt_call(s->run, f, slots, slots))
        return wt_api_trapped(s);
    at = slots;
    d = func_type(s->run, f);
    for (uint32_t i = 0; i < d->result_count; i++) {
        ValType type = typedef_results(d)[i];
        if (!wt_api_value_out(s, wt_api_kind(store_types(s), type), at, &results[i]))
            return WATTLE_OUT_OF_MEMORY;
        at += valtype_slots(type);
    }
    return WATTLE_OK;
}

wattle_status wattle_func_call(wattle_store *store, wattle_func func, const wattle_value *args,
                               size_t arg_count, wattle_value *results, size_t result_count) {
    FuncInst *f = API_FUNC(store, func);
    if (!f)
        return wt_api_fail(store, WATTLE_USAGE, "a function of another store, or none");
    const TypeDef *d = func_type(store->run, f);
    if (arg_count != d->param_count || result_count != d->result_count)
        return wt_api_fail(store, WATTLE_USAGE,
                           "the function takes %u arguments and gives %u results, not %zu and %zu",
                           (unsigned)d->param_count, (unsigned)d->result_count, arg_count,
                           result_count);
    wt_api_enter(store);
    const TypeInfo *info = func_type_info(store->run, f);
    size_t count = WT_MAX(info->param_slots, info->result_slots);
    Value small[SMALL_CALL], *slots = small;
    if (count > SMALL_CALL) {
        slots = allocator_get(&store->allocator, count * sizeof *slots);
        if (!slots)
            return WATTLE_OUT_OF_MEMORY;
    }
    wattle_status status = call_with(store, f, args, results, slots);
    if (slots != small)
        allocator_free(&store->allocator, slots, count * sizeof *slots);
    return wt_api_leave(store, status);
}

wattle_status wattle_func_call_fast(wattle_store *store, wattle_func func, wattle_slot *slots,
                                    size_t slot_count) {
    FuncInst *f = API_FUNC(store, func);
    if (!f)
        return wt_api_fail(store, WATTLE_USAGE, "a function of another store, or none");
    const TypeInfo *info = func_type_info(store->run, f);
    if (slot_count < info->param_slots || slot_count < info->result_slots || info->refs)
        return wt_api_fail(store, WATTLE_USAGE,
                           "too few slots for the function, or it takes or gives references");
    wt_api_enter(store);
    Value *values = (Value *)(void *)slots;
    return wt_api_leave(store,
                        wt_call(store->run, f, values, values) ? WATTLE_OK : wt_api_trapped(store));
}
