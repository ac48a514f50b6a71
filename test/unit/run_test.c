/* run/ and interp/ from the host's side: calls both ways, traps with their frames, exhaustion,
   growth, linking, frames beyond 16-bit slots, every allocation failing in turn. Modules are
   assembled here, byte by byte: what instructions mean is the business of the official scripts. */
#include "binary/decode.h"
#include "check.h"
#include "interp/loop.h"
#include "run/call.h"
#include "run/link.h"
#include "run/memory.h"
#include "run/object.h"

#include <unistd.h>

/* ---- a small assembler ---- */

typedef struct Asm {
    Buf section[SECTION_count];
    uint32_t count[SECTION_count];
    Buf body, out;
} Asm;

static void asm_start(Asm *a) {
    memset(a, 0, sizeof *a);
    for (int i = 0; i < SECTION_count; i++)
        wt_buf_init(&a->section[i], &wt_base_malloc);
    wt_buf_init(&a->body, &wt_base_malloc);
    wt_buf_init(&a->out, &wt_base_malloc);
}

static void asm_free(Asm *a) {
    for (int i = 0; i < SECTION_count; i++)
        wt_buf_free(&a->section[i]);
    wt_buf_free(&a->body);
    wt_buf_free(&a->out);
}

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static void asm_item(Asm *a, SectionId id, const uint8_t *bytes, size_t n) {
    a->count[id]++;
    buf_bytes(&a->section[id], bytes, n);
}
#define ITEM(a, id, ...) asm_item(a, id, BYTES(__VA_ARGS__))
#define CODE(a, ...) buf_bytes(&(a)->body, BYTES(__VA_ARGS__))

/* A function of a type, with the bytes written to a->body since the last one (locals included). */
static void asm_function(Asm *a, uint32_t type) {
    a->count[SECTION_func]++;
    buf_u32leb(&a->section[SECTION_func], type);
    a->count[SECTION_code]++;
    buf_u32leb(&a->section[SECTION_code], (uint32_t)a->body.len);
    buf_bytes(&a->section[SECTION_code], a->body.data, a->body.len);
    a->body.len = 0;
}

static void asm_export(Asm *a, const char *name, uint8_t kind, uint32_t item) {
    Buf *b = &a->section[SECTION_export];
    a->count[SECTION_export]++;
    buf_u32leb(b, (uint32_t)strlen(name));
    buf_str(b, name);
    buf_u8(b, kind);
    buf_u32leb(b, item);
}

static void asm_import_func(Asm *a, const char *name, uint32_t type) {
    Buf *b = &a->section[SECTION_import];
    a->count[SECTION_import]++;
    buf_u32leb(b, 1);
    buf_str(b, "h");
    buf_u32leb(b, (uint32_t)strlen(name));
    buf_str(b, name);
    buf_u8(b, 0);
    buf_u32leb(b, type);
}

static Slice asm_finish(Asm *a) {
    buf_bytes(&a->out, BYTES(0, 'a', 's', 'm', 1, 0, 0, 0));
    for (unsigned rank = 1; rank <= 13; rank++) {
        SectionId id = wt_section_of_rank(rank);
        if (!a->count[id])
            continue;
        Buf head;
        wt_buf_init(&head, &wt_base_malloc);
        buf_u32leb(&head, a->count[id]);
        buf_u8(&a->out, (uint8_t)id);
        buf_u32leb(&a->out, (uint32_t)(head.len + a->section[id].len));
        buf_bytes(&a->out, head.data, head.len);
        buf_bytes(&a->out, a->section[id].data, a->section[id].len);
        wt_buf_free(&head);
    }
    return slice(a->out.data, a->out.len);
}

/* ---- a store with one instance ---- */

typedef struct World {
    Module module;
    Diag diag;
    Store *store;
    Linker linker;
    Code *code;
    Instance *in;
    LinkError error;
} World;

typedef void (*DefineFn)(World *w);

static void world_open_tier(World *w, Asm *a, DefineFn define, const Allocator *al,
                            const StoreLimits *limits, const Tier *tier) {
    memset(w, 0, sizeof *w);
    ReadOptions options = {.features = UINT64_MAX >> 1, .bounds = wt_module_bounds_spec()};
    wt_module_init(&w->module, &wt_base_malloc, &options);
    wt_diag_init(&w->diag, &wt_base_malloc);
    CHECK(wt_binary_decode(&w->module, asm_finish(a), 0, &w->diag));
    w->store = wt_store_new(al, tier, limits);
    if (!w->store)
        return;
    wt_link_init(&w->linker, w->store);
    if (define)
        define(w);
    w->code = wt_code_new(w->store, &w->module);
    if (w->code)
        w->in = wt_instance_new(w->store, w->code, wt_link_resolve, &w->linker, &w->error);
}
static void world_open_with(World *w, Asm *a, DefineFn define, const Allocator *al,
                            const StoreLimits *limits) {
    world_open_tier(w, a, define, al, limits, &wt_interp_tier);
}
static void world_open(World *w, Asm *a, DefineFn define) {
    world_open_with(w, a, define, &wt_base_malloc, NULL);
}

static void world_close(World *w, Asm *a) {
    if (w->store) {
        wt_link_free(&w->linker);
        wt_store_free(w->store);
    }
    wt_module_free(&w->module);
    wt_diag_free(&w->diag);
    asm_free(a);
}

static bool world_call(World *w, const char *name, const Value *args, Value *results) {
    Extern e;
    return w->in && wt_instance_export(w->in, slice_str(name), &e) && e.kind == EXTERN_func &&
           wt_call(w->store, e.func, args, results);
}

static void check_message(World *w, const char *want) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    wt_trap_message(w->store, &b);
    buf_u8(&b, 0);
    CHECK_EQ_STR((const char *)b.data, want);
    wt_buf_free(&b);
}

/* Types used by most modules: 0 [i32] -> [i32], 1 [] -> [], 2 [i32 i32] -> [i32 i32]. */
static void asm_types(Asm *a) {
    ITEM(a, SECTION_type, 0x60, 1, 0x7F, 1, 0x7F);
    ITEM(a, SECTION_type, 0x60, 0, 0);
    ITEM(a, SECTION_type, 0x60, 2, 0x7F, 0x7F, 2, 0x7F, 0x7F);
}

/* ---- calls ---- */

static void fibonacci(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 0, 0x20, 0, 0x41, 2, 0x48, 0x04, 0x40, 0x20, 0, 0x0F, 0x0B); /* if n < 2 return n */
    CODE(&a, 0x20, 0, 0x41, 1, 0x6B, 0x10, 0, 0x20, 0, 0x41, 2, 0x6B, 0x10, 0, 0x6A, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "fib", 0, 0);
    world_open(&w, &a, NULL);
    Value n = 20, r = 0;
    CHECK(world_call(&w, "fib", &n, &r));
    CHECK_EQ_INT(r, 6765);
    world_close(&w, &a);
}

/* Results lie where parameters did: a swap must not lose one. */
static void swapped_results(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 0, 0x20, 1, 0x20, 0, 0x0B);
    asm_function(&a, 2);
    asm_export(&a, "swap", 0, 0);
    world_open(&w, &a, NULL);
    Value args[2] = {1, 2}, r[2] = {0, 0};
    CHECK(world_call(&w, "swap", args, r));
    CHECK(r[0] == 2 && r[1] == 1);
    world_close(&w, &a);
}

/* A local on the operand stack keeps its value when the local changes, also when the change is
   fused into a branch. */
static void pending_local(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    /* x; x += 1; if (x != 10) push.. : x_old * 100 + x_new */
    CODE(&a, 0, 0x20, 0, 0x41, 0xE4, 0, 0x6C);                         /* x * 100 */
    CODE(&a, 0x20, 0);                                                 /* x (old), pending */
    CODE(&a, 0x20, 0, 0x41, 1, 0x6A, 0x22, 0, 0x41, 10);               /* x = x + 1; x, 10 */
    CODE(&a, 0x47, 0x04, 0x40, 0x20, 0, 0x41, 5, 0x6A, 0x21, 0, 0x0B); /* ne: x += 5 */
    CODE(&a, 0x6A, 0x20, 0, 0x6A, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open(&w, &a, NULL);
    Value x = 3, r = 0;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 300 + 3 + 9);
    x = 9;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 900 + 9 + 10);
    world_close(&w, &a);
}

typedef struct HostState {
    uint32_t calls;
    World *world;
} HostState;
static HostState host_state;

static bool host_twice(void *user, Caller *caller, const Value *args, Value *results) {
    ((HostState *)user)->calls++;
    CHECK(caller->instance != NULL);
    results[0] = value_i32(value_to_i32(args[0]) * 2);
    return true;
}
static bool host_fails(void *user, Caller *caller, const Value *args, Value *results) {
    (void)user, (void)args, (void)results;
    return wt_trap_host(caller->store, "the host is tired");
}
static bool host_exits(void *user, Caller *caller, const Value *args, Value *results) {
    (void)user, (void)results;
    return wt_trap_exit(caller->store, value_to_i32(args[0]));
}
/* Calls the wasm function that called it, one deeper. */
static bool host_again(void *user, Caller *caller, const Value *args, Value *results) {
    (void)user, (void)caller;
    return world_call(host_state.world, "f", args, results);
}
static void define_host(World *w) {
    host_state.world = w;
    wt_link_function(&w->linker, "h", "twice", "i:i", host_twice, &host_state);
    wt_link_function(&w->linker, "h", "fails", "i:i", host_fails, NULL);
    wt_link_function(&w->linker, "h", "exits", "i:i", host_exits, NULL);
    wt_link_function(&w->linker, "h", "again", "i:i", host_again, NULL);
}

/* f(x) = import(x) + 1 */
static void open_caller(World *w, Asm *a, const char *import) {
    asm_start(a);
    asm_types(a);
    asm_import_func(a, import, 0);
    CODE(a, 0, 0x20, 0, 0x10, 0, 0x41, 1, 0x6A, 0x0B);
    asm_function(a, 0);
    asm_export(a, "f", 0, 1);
    world_open(w, a, define_host);
}

static void host_functions(void) {
    Asm a;
    World w;
    Value x = 21, r = 0;
    host_state.calls = 0;
    open_caller(&w, &a, "twice");
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 43);
    CHECK_EQ_INT(host_state.calls, 1);
    world_close(&w, &a);

    open_caller(&w, &a, "fails");
    CHECK(!world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(w.store->trap.code, TRAP_host);
    check_message(&w, "the host is tired");
    CHECK_EQ_INT(w.store->trap.frame_count, 1);
    CHECK_EQ_INT(w.store->trap.frames[0].funcidx, 1);
    CHECK_EQ_INT(w.store->trap.frames[0].offset, 3);
    world_close(&w, &a);

    open_caller(&w, &a, "exits");
    CHECK(!world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(w.store->trap.code, TRAP_exit);
    CHECK_EQ_INT(w.store->trap.exit_code, 21);
    world_close(&w, &a);
}

static void host_recursion(void) {
    Asm a;
    World w;
    Value x = 1, r = 0;
    open_caller(&w, &a, "again");
    CHECK(!world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(w.store->trap.code, TRAP_stack_exhausted);
    CHECK_EQ_INT(w.store->trap.depth, w.store->limits.host_depth);
    CHECK_EQ_INT(w.store->depth, 0);
    CHECK(w.store->stack_top == w.store->stack);
    world_close(&w, &a);
}

static void exhaustion(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 0, 0x20, 0, 0x10, 0, 0x0B);
    asm_function(&a, 0);
    /* The same as a tail call, counting down. */
    CODE(&a, 0, 0x20, 0, 0x45, 0x04, 0x40, 0x41, 7, 0x0F, 0x0B, 0x20, 0, 0x41, 1, 0x6B, 0x12, 1,
         0x0B);
    asm_function(&a, 0);
    asm_export(&a, "deep", 0, 0);
    asm_export(&a, "tail", 0, 1);
    world_open(&w, &a, NULL);
    Value x = 5000000, r = 0;
    CHECK(!world_call(&w, "deep", &x, &r));
    CHECK_EQ_INT(w.store->trap.code, TRAP_stack_exhausted);
    CHECK_EQ_INT(w.store->trap.frame_count, TRAP_frames);
    CHECK(w.store->trap.depth > 10000);
    CHECK(world_call(&w, "tail", &x, &r));
    CHECK_EQ_INT(r, 7);
    world_close(&w, &a);
}

static void backtrace(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 0, 0x20, 0, 0x41, 1, 0x6A, 0x20, 0, 0x6D, 0x0B); /* (x + 1) / x */
    asm_function(&a, 0);
    CODE(&a, 0, 0x01, 0x20, 0, 0x10, 0, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "outer", 0, 1);
    world_open(&w, &a, NULL);
    Value x = 0, r = 0;
    CHECK(!world_call(&w, "outer", &x, &r));
    check_message(&w, "integer divide by zero");
    const Trap *t = &w.store->trap;
    CHECK_EQ_INT(t->frame_count, 2);
    CHECK(t->frames[0].funcidx == 0 && t->frames[0].offset == 8);
    CHECK(t->frames[1].funcidx == 1 && t->frames[1].offset == 4);
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    wt_trap_backtrace(t, &b);
    const char *want = "    #0  function 0 + 0x8\n    #1  outer (function 1) + 0x4\n";
    CHECK_EQ_BYTES(b.data, b.len, (const uint8_t *)want, strlen(want));
    wt_buf_free(&b);
    /* The next call starts clean. */
    x = 1;
    CHECK(world_call(&w, "outer", &x, &r));
    CHECK_EQ_INT(r, 2);
    world_close(&w, &a);
}

/* Functions translated in an order of their own, in several chunks of memory: each frame is told
   from the address of its code. */
static void many_functions(void) {
    enum { COUNT = 600, STEP = 389 };
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    for (unsigned i = 0; i < COUNT; i++) {
        unsigned next = (i + STEP) % COUNT;
        CODE(&a, 0);
        for (unsigned k = 0; k < 20; k++)
            CODE(&a, 0x20, 0, 0x20, 0, 0x6C, 0x21, 0); /* x = x * x */
        if (next == 0)
            CODE(&a, 0x00);
        CODE(&a, 0x20, 0, 0x10);
        buf_u32leb(&a.body, next);
        CODE(&a, 0x0B);
        asm_function(&a, 0);
    }
    asm_export(&a, "first", 0, 0);
    world_open(&w, &a, NULL);
    Value x = 3, r = 0;
    CHECK(!world_call(&w, "first", &x, &r));
    const Trap *t = &w.store->trap;
    CHECK_EQ_INT(t->code, TRAP_unreachable);
    CHECK_EQ_INT(t->depth, COUNT);
    CHECK_EQ_INT(t->frame_count, TRAP_frames);
    for (unsigned i = 0; i < t->frame_count; i++) {
        CHECK_EQ_INT(t->frames[i].funcidx, (COUNT - 1 - i) * STEP % COUNT);
        CHECK_EQ_INT(t->frames[i].offset, 1 + 20 * 7 + (i ? 2 : 0));
    }
    world_close(&w, &a);
}

/* ---- memory ---- */

static bool host_grows(void *user, Caller *caller, const Value *args, Value *results) {
    (void)user, (void)args;
    MemInst *m = instance_memories(caller->instance)[0];
    results[0] = wt_memory_grow(caller->store, m, 3);
    caller_memory(caller).base[0x20000] = 99;
    return true;
}
static void define_grows(World *w) {
    wt_link_function(&w->linker, "h", "grows", "i:i", host_grows, NULL);
}

static void growth(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    asm_import_func(&a, "grows", 0);
    ITEM(&a, SECTION_memory, 0x01, 1, 5);
    /* f(x): drop grows(x); load8_u(0x20000) */
    CODE(&a, 0, 0x20, 0, 0x10, 0, 0x1A, 0x41, 0x80, 0x80, 0x08, 0x2D, 0, 0, 0x0B);
    asm_function(&a, 0);
    CODE(&a, 0, 0x20, 0, 0x40, 0, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 1);
    asm_export(&a, "grow", 0, 2);
    world_open(&w, &a, define_grows);
    Value x = 0, r = 0;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 99);
    x = 1;
    CHECK(world_call(&w, "grow", &x, &r));
    CHECK_EQ_INT(r, 4);
    CHECK(world_call(&w, "grow", &x, &r));
    CHECK_EQ_INT(r, 0xFFFFFFFF);
    CHECK_EQ_INT(wt_instance_memory(w.in).len, 5 * 65536);
    world_close(&w, &a);
}

/* ---- linking ---- */

static void check_link(const char *import, uint32_t type, const char *want) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    asm_import_func(&a, import, type);
    world_open(&w, &a, define_host);
    CHECK(w.in == NULL);
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    wt_instance_link_message(w.store, w.code, &w.error, &b);
    buf_u8(&b, 0);
    CHECK_EQ_STR((const char *)b.data, want);
    wt_buf_free(&b);
    world_close(&w, &a);
}

static void link_errors(void) {
    check_link("none", 0, "unknown import: \"h\" \"none\": wanted func [i32] -> [i32]");
    check_link(
        "twice", 1,
        "incompatible import type: \"h\" \"twice\": wanted func [] -> [], given func [i32] -> "
        "[i32]");
}

/* ---- a suspension without a handler ---- */

static void unhandled(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    ITEM(&a, SECTION_tag, 0, 1);
    /* x == 0 ? 5 : (suspend, 6) */
    CODE(&a, 0, 0x20, 0, 0x45, 0x04, 0x40, 0x41, 5, 0x0F, 0x0B, 0xE2, 0, 0x41, 6, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open(&w, &a, NULL);
    Value x = 0, r = 0;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 5);
    x = 1;
    CHECK(!world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(w.store->trap.code, TRAP_unhandled_tag);
    world_close(&w, &a);
}

/* ---- vectors ---- */

/* Two values each way: adds 1 to the low half, swaps. */
static bool host_halves(void *user, Caller *caller, const Value *args, Value *results) {
    (void)user, (void)caller;
    CHECK_EQ_INT(args[0], 7);
    results[0] = args[2];
    results[1] = args[1] + 1;
    results[2] = 9;
    return true;
}
static void define_halves(World *w) {
    wt_link_function(&w->linker, "h", "halves", "iv:vi", host_halves, NULL);
}

/* A v128 through a host function, a call, a global, a block and select. */
static void vector_values(void) {
    Asm a;
    World w;
    asm_start(&a);
    ITEM(&a, SECTION_type, 0x60, 2, 0x7F, 0x7B, 2, 0x7B, 0x7F); /* i32 v128 -> v128 i32 */
    ITEM(&a, SECTION_type, 0x60, 2, 0x7B, 0x7F, 1, 0x7B);       /* v128 i32 -> v128 */
    asm_import_func(&a, "halves", 0);
    ITEM(&a, SECTION_global, 0x7B, 1, 0xFD, 0x0C, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
         0x0B);
    /* f(v, c): halves(7, g(v)) gives r, n; global += r; c ? global : v, with n dropped */
    CODE(&a, 0, 0x41, 7, 0x20, 0, 0x41, 0, 0x10, 2, 0x10, 0, 0x1A);
    CODE(&a, 0x23, 0, 0xFD, 0xCE, 1, 0x24, 0); /* i64x2.add with the global */
    CODE(&a, 0x02, 0x7B, 0x23, 0, 0x0B, 0x20, 0, 0x20, 1, 0x1B, 0x0B);
    asm_function(&a, 1);
    /* g(v, c): v + v, as i64x2, through a local */
    CODE(&a, 1, 1, 0x7B, 0x20, 0, 0x22, 2, 0x20, 2, 0xFD, 0xCE, 1, 0x0B);
    asm_function(&a, 1);
    asm_export(&a, "f", 0, 1);
    world_open(&w, &a, define_halves);
    Value args[3] = {100, 200, 1}, r[2] = {0, 0};
    CHECK(world_call(&w, "f", args, r));
    CHECK_EQ_INT(r[0], 401);
    CHECK_EQ_INT(r[1], 203);
    args[2] = 0;
    CHECK(world_call(&w, "f", args, r));
    CHECK(r[0] == 100 && r[1] == 200);
    world_close(&w, &a);
}

/* ---- frames beyond 16 bits ---- */

/* 20000 v128 locals: the last takes part in everything that has a form of its own. */
static void many_vectors(void) {
    Asm a;
    World w;
    asm_start(&a);
    ITEM(&a, SECTION_type, 0x60, 2, 0x7B, 0x7F, 1, 0x7B); /* v128 i32 -> v128 */
    ITEM(&a, SECTION_memory, 0x00, 1);
    ITEM(&a, SECTION_global, 0x7B, 1, 0xFD, 0x0C, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
         0x0B);
    CODE(&a, 1, 0xA0, 0x9C, 1, 0x7B); /* locals 2 .. 20001 */
#define LAST 0xA1, 0x9C, 1
#define BEFORE 0xA0, 0x9C, 1
    CODE(&a, 0x20, 0, 0x21, LAST);
    CODE(&a, 0x20, LAST, 0x23, 0, 0xFD, 0xCE, 1, 0x22, BEFORE, 0x24, 0); /* before = global = + */
    CODE(&a, 0x41, 8, 0x20, BEFORE, 0xFD, 0x0B, 0, 0);                   /* store */
    CODE(&a, 0x41, 8, 0xFD, 0x00, 0, 0, 0x21, BEFORE);                   /* load */
    CODE(&a, 0x41, 8, 0x20, BEFORE, 0xFD, 0x57, 0, 0, 1, 0x21, BEFORE);  /* lane 1 = low half */
    CODE(&a, 0xFD, 0x0C, 255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0);
    CODE(&a, 0x21, LAST, 0x20, BEFORE, 0x20, 0, 0x20, LAST, 0xFD, 0x52, 0x21, LAST); /* bitselect */
    CODE(&a, 0x20, LAST, 0x20, BEFORE, 0x20, 1, 0x1B, 0x0B);                         /* select */
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open(&w, &a, NULL);
    Value args[3] = {(Value)5 << 32 | 100, (Value)6 << 32 | 200, 1}, r[2] = {0, 0};
    CHECK(world_call(&w, "f", args, r));
    CHECK_EQ_INT(r[0], (Value)5 << 32 | 101);
    CHECK_EQ_INT(r[1], (Value)6 << 32 | 101);
    args[2] = 0; /* the global has grown */
    CHECK(world_call(&w, "f", args, r));
    CHECK_EQ_INT(r[0], (Value)10 << 32 | 201);
    CHECK_EQ_INT(r[1], (Value)10 << 32 | 201);
    world_close(&w, &a);
}

/* f(x): local 40000 = x; (local 40000 + 1) as argument of f2, which has 33000 locals itself. */
static void many_locals(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 1, 0xC0, 0xB8, 2, 0x7F);       /* 40000 locals */
    CODE(&a, 0x20, 0, 0x21, 0xC0, 0xB8, 2); /* the last */
    CODE(&a, 0x03, 0x40, 0x20, 0xBF, 0xB8, 2, 0x41, 1, 0x6A, 0x22, 0xBF, 0xB8, 2); /* loop: ++ */
    CODE(&a, 0x41, 10, 0x47, 0x0D, 0, 0x0B);
    CODE(&a, 0x20, 0xC0, 0xB8, 2, 0x41, 1, 0x6A, 0x10, 1);
    CODE(&a, 0x20, 0xBF, 0xB8, 2, 0x6A, 0x0B);
    asm_function(&a, 0);
    CODE(&a, 1, 0xE8, 0x81, 2, 0x7F, 0x20, 0, 0x22, 0xE0, 0x81, 2, 0x20, 0xE1, 0x81, 2, 0x6A, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open(&w, &a, NULL);
    Value x = 30, r = 0;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 41);
    world_close(&w, &a);
}

/* 40000 results of calls on the operand stack, then added up: operands beyond 16 bits. */
static void high_operands(void) {
    enum { HEIGHT = 40000 };
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 0);
    for (int i = 0; i < HEIGHT; i++)
        CODE(&a, 0x20, 0, 0x10, 1);
    for (int i = 0; i < HEIGHT - 1; i++)
        CODE(&a, 0x6A);
    CODE(&a, 0x20, 0, 0x41, 0, 0x20, 0, 0x1B, 0x6A); /* select */
    CODE(&a, 0x0B);
    asm_function(&a, 0);
    CODE(&a, 0, 0x20, 0, 0x41, 1, 0x6A, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open(&w, &a, NULL);
    Value x = 2, r = 0;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 3 * HEIGHT + 2);
    world_close(&w, &a);
}

/* ---- much of one thing ---- */

static void deep_blocks(void) {
    enum { DEPTH = 100000 };
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 0);
    for (int i = 0; i < DEPTH; i++)
        CODE(&a, 0x02, 0x40);
    CODE(&a, 0x20, 0);
    buf_u8(&a.body, 0x0E);
    buf_u32leb(&a.body, DEPTH);
    for (uint32_t i = 0; i < DEPTH; i++)
        buf_u32leb(&a.body, i);
    buf_u32leb(&a.body, DEPTH - 1);
    for (int i = 0; i < DEPTH; i++)
        CODE(&a, 0x0B, 0x20, 0, 0x41, 1, 0x6A, 0x21, 0);
    CODE(&a, 0x20, 0, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open(&w, &a, NULL);
    Value x = 99990, r = 0;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 100000);
    x = 0;
    CHECK(world_call(&w, "f", &x, &r));
    CHECK_EQ_INT(r, 100000);
    world_close(&w, &a);
}

/* br_table to labels that take a value, and to the function itself. */
static void table_with_values(void) {
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    CODE(&a, 0, 0x02, 0x7F, 0x02, 0x7F, 0x41, 7, 0x41, 50, 0x20, 0, 0x0E, 2, 0, 1, 2, 0x0B);
    CODE(&a, 0x41, 1, 0x6A, 0x0B, 0x41, 2, 0x6A, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open(&w, &a, NULL);
    static const uint32_t want[] = {53, 52, 50, 50};
    for (Value x = 0; x < 4; x++) {
        Value r = 0;
        CHECK(world_call(&w, "f", &x, &r));
        CHECK_EQ_INT(r, want[x]);
    }
    world_close(&w, &a);
}

/* ---- what a tier may ask for ---- */

static Tier reserving_tier(void) {
    Tier tier = wt_interp_tier;
    tier.reserve = true;
    return tier;
}

static MemInst *memory_of(Store *s, uint64_t pages, uint8_t page_log2, bool is64, bool shared) {
    const Limits limits = {.min = pages,
                           .max = 9,
                           .has_max = shared,
                           .is64 = is64,
                           .shared = shared,
                           .page_log2 = page_log2};
    return wt_memory_new(s, &limits);
}

/* As the system sees it: can these bytes be read? */
static bool readable(const uint8_t *p) {
    int ends[2] = {-1, -1};
    bool ok = pipe(ends) == 0 && write(ends[1], p, 1) == 1;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return ok;
}

/* It grows where it is, and what is behind its length is no memory. */
static void reserved_memory(void) {
    Tier tier = reserving_tier();
    Asm a;
    World w;
    asm_start(&a);
    asm_types(&a);
    ITEM(&a, SECTION_memory, 0x01, 1, 7);
    /* f(n): grow by n, then mem[size * 64 KiB - 1] = 9 and its value */
    CODE(&a, 0, 0x20, 0, 0x40, 0, 0x1A, 0x3F, 0, 0x41, 16, 0x74, 0x22, 0, 0x41, 1, 0x6B);
    CODE(&a, 0x41, 9, 0x3A, 0, 0, 0x20, 0, 0x41, 1, 0x6B, 0x2D, 0, 0, 0x0B);
    asm_function(&a, 0);
    asm_export(&a, "f", 0, 0);
    world_open_tier(&w, &a, NULL, &wt_base_malloc, NULL, &tier);
    if (!CHECK(w.in != NULL))
        return;
    const MemInst *m = w.store->memories.items[0];
    if (m->reserved == 0) {
        check_skip("reserved_memory", "no such address space here");
        world_close(&w, &a);
        return;
    }
    const uint8_t *base = m->base;
    CHECK(m->reserved == MEMORY_reserve && w.in->mem_base == base);
    for (uint64_t pages = 1, more = 0; pages <= 7; pages += ++more) {
        Value n = more, r = 0;
        CHECK(world_call(&w, "f", &n, &r) && r == 9);
        CHECK(m->base == base && m->len == pages << 16 && w.in->mem_len == m->len);
        CHECK(readable(base) && readable(base + m->len - 1) && !readable(base + m->len));
    }
    CHECK(!readable(base + MEMORY_index_reach) && !readable(base + MEMORY_reserve - 1));
    Value n = 1, r = 0;
    CHECK(world_call(&w, "f", &n, &r) && m->len == 7 << 16); /* the maximum */
    world_close(&w, &a);
    CHECK(!readable(base));
}

static void which_are_reserved(void) {
    Tier tier = reserving_tier();
    StoreLimits limits = wt_store_limits_default();
    for (int no = 0; no < 2; no++) {
        limits.no_reserve = no;
        Store *s = wt_store_new(&wt_base_malloc, &tier, &limits);
        CHECK_EQ_INT(memory_of(s, 0, 16, false, false)->reserved != 0, !no);
        CHECK_EQ_INT(memory_of(s, 1, 16, true, false)->reserved, 0);
        CHECK_EQ_INT(memory_of(s, 1, 0, false, false)->reserved, 0);
        /* These as well in stores that do not ask for it: they may be used by one that does. */
        size_t shared = memory_of(s, 1, 16, false, true)->reserved;
        CHECK(shared >= MEMORY_reserve || !wt_os_faults_known());
        wt_store_free(s);
    }
    Store *s = wt_store_new(&wt_base_malloc, &wt_interp_tier, NULL);
    CHECK_EQ_INT(memory_of(s, 1, 16, false, false)->reserved, 0);
    wt_store_free(s);
}

/* Roots by the tier: what stands in `words` of the store's owner, and not what is on its stack. */
static void mark_owner(Store *s, Heap *h) {
    const Value *words = s->owner;
    wt_object_mark_words(h, words + 1, words + 3);
}

static void count_gone(void *user, uint64_t word) { *(uint64_t *)user += word; }

static void roots_of_a_tier(void) {
    Tier tier = wt_interp_tier;
    tier.roots = mark_owner;
    Store *s = wt_store_new(&wt_base_malloc, &tier, NULL);
    Value words[4] = {0};
    uint64_t gone = 0;
    s->owner = words;
    s->embedder.gone = count_gone;
    s->embedder.user = &gone;
    for (unsigned i = 0; i < 4; i++)
        words[i] = wt_object_host(s, (uint64_t)1 << i, s->stack_top);
    s->stack_top[0] = words[0];
    s->stack_top++;
    wt_object_collect(s, true);
    CHECK_EQ_INT(gone, 1 + 8); /* the one on the stack and the one behind what is marked */
    uint64_t word = 0;
    CHECK(wt_object_host_word(s, words[2], &word) && word == 4);
    words[1] = 0;
    wt_object_collect(s, true);
    CHECK_EQ_INT(gone, 1 + 8 + 2);
    wt_store_free(s);
}

/* ---- out of memory ---- */

typedef struct Failing {
    int left; /* allocations until one fails */
    long balance;
} Failing;

static void *failing_alloc(void *user, void *old, size_t old_size, size_t new_size) {
    Failing *f = user;
    if (new_size > old_size && f->left-- <= 0)
        return NULL;
    f->balance += (long)new_size - (long)old_size;
    return wt_base_malloc.alloc(wt_base_malloc.user, old, old_size, new_size);
}

static void out_of_memory(void) {
    bool done = false;
    for (int n = 0; n < 500 && !done; n++) {
        Failing f = {.left = n};
        Allocator al = {failing_alloc, &f};
        StoreLimits limits = wt_store_limits_default();
        limits.stack_slots = 1000;
        Asm a;
        World w;
        asm_start(&a);
        asm_types(&a);
        asm_import_func(&a, "twice", 0);
        ITEM(&a, SECTION_table, 0x70, 0, 4);
        ITEM(&a, SECTION_memory, 0x00, 0);
        ITEM(&a, SECTION_global, 0x7F, 1, 0x41, 3, 0x0B);
        ITEM(&a, SECTION_elem, 0, 0x41, 0, 0x0B, 2, 0, 1);
        /* f(x) = table[1 - ...](x) through call_indirect, and a growing memory and table */
        CODE(&a, 0, 0x20, 0, 0x41, 0, 0x11, 0, 0, 0x41, 1, 0x40, 0, 0x1A);
        CODE(&a, 0xD0, 0x70, 0x41, 9, 0xFC, 0x0F, 0, 0x1A, 0x0B);
        asm_function(&a, 0);
        asm_export(&a, "f", 0, 1);
        world_open_with(&w, &a, define_host, &al, &limits);
        Value x = 4, r = 0;
        if (w.in && world_call(&w, "f", &x, &r)) {
            CHECK_EQ_INT(r, 8);
            done = f.left > 0;
        }
        world_close(&w, &a);
        CHECK_EQ_INT(f.balance, 0);
    }
    CHECK(done);
}

int main(void) {
    CHECK_CASE(fibonacci);
    CHECK_CASE(swapped_results);
    CHECK_CASE(pending_local);
    CHECK_CASE(host_functions);
    CHECK_CASE(host_recursion);
    CHECK_CASE(exhaustion);
    CHECK_CASE(backtrace);
    CHECK_CASE(many_functions);
    CHECK_CASE(growth);
    CHECK_CASE(link_errors);
    CHECK_CASE(unhandled);
    CHECK_CASE(vector_values);
    CHECK_CASE(many_vectors);
    CHECK_CASE(many_locals);
    CHECK_CASE(high_operands);
    CHECK_CASE(deep_blocks);
    CHECK_CASE(table_with_values);
    CHECK_CASE(reserved_memory);
    CHECK_CASE(which_are_reserved);
    CHECK_CASE(roots_of_a_tier);
    CHECK_CASE(out_of_memory);
    return check_done();
}
