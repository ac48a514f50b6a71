/* Machine code and the world around it, beside the interpreter: the host that calls back, throws
   and grows memories, the end of the stack, signals that come at any time, faults of others, forks,
   and threads that compile the same module. */
#include "base/buf.h"
#include "base/os.h"
#include "sides.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- sides with a host ---- */

/* The side is the function's user pointer. */
typedef struct HostRow {
    const char *signature;
    wattle_host_fast_fn fn;
} HostRow;

static bool open_hosted(Side *s, unsigned number, const char *text,
                        const wattle_store_config *config, const HostRow *hosts, size_t count) {
    wattle_extern imports[8];
    if (!begin_side(s, number, text, strlen(text), config) || !CHECK(count <= 8))
        return false;
    for (size_t i = 0; i < count; i++) {
        imports[i].kind = WATTLE_EXTERN_FUNC;
        if (!CHECK(wattle_func_new_fast(s->store, hosts[i].signature, hosts[i].fn, s, NULL,
                                        &imports[i].of.func) == WATTLE_OK))
            return false;
    }
    return CHECK(wattle_instance_new_with(s->store, s->module, imports, count, &s->in) ==
                 WATTLE_OK);
}

/* Calls an export with an i32; what it gives, or the trap's code below zero. */
static int64_t call_i32(Side *s, const char *name, int32_t argument) {
    wattle_slot slot = {.i32 = argument};
    Outcome o = call_side(s, name, &slot, 1);
    return o.status == WATTLE_OK ? (int64_t)o.slots[0].i32
                                 : -1000 * (int64_t)o.status - (int64_t)o.trap;
}
static int64_t trapped(wattle_trap_code code) { return -1000 * (int64_t)WATTLE_TRAP - code; }

/* ---- faults of others ---- */

enum { FOREIGN_exit = 9 };
/* A page of the test's, which its handler opens when it is touched. */
static uint8_t *volatile foreign_page;
static volatile sig_atomic_t foreign_faults;

static void foreign_fault(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    uint8_t *at = info->si_addr;
    if (!foreign_page || at < foreign_page || at >= foreign_page + wt_os_page_size())
        _exit(FOREIGN_exit);
    (void)mprotect(foreign_page, wt_os_page_size(), PROT_READ | PROT_WRITE);
    foreign_faults++;
}
static void watch_faults(void) {
    struct sigaction action = {.sa_sigaction = foreign_fault, .sa_flags = SA_SIGINFO};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGSEGV, &action, NULL);
    (void)sigaction(SIGBUS, &action, NULL);
}
static bool handler_is_ours(void) {
    struct sigaction now;
    return sigaction(SIGSEGV, NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) &&
           now.sa_sigaction == foreign_fault;
}

static const char one_memory[] =
    "(module (memory (export \"m\") 1 3)"
    "(func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))"
    "(func (export \"grow\") (param i32) (result i32) (memory.grow (local.get 0))))";

/* Comes first: with checks no handler is installed. Where memories have address space they stay
   where they are. */
static void modes_without_signals(void) {
    static const unsigned order[SIDES] = {0, 2, 3, 1, 4};
    for (unsigned i = 0; i < SIDES; i++) {
        Side s;
        wattle_memory m;
        size_t size;
        if (open_side(&s, order[i], one_memory, strlen(one_memory), NULL)) {
            CHECK_EQ_INT(call_i32(&s, "load", 65532), 0);
            CHECK_EQ_INT(call_i32(&s, "load", 65533), trapped(WATTLE_TRAP_out_of_bounds_memory));
            CHECK_EQ_INT(call_i32(&s, "load", -1), trapped(WATTLE_TRAP_out_of_bounds_memory));
            CHECK(wattle_instance_memory(s.store, s.in, "m", &m));
            const uint8_t *before = wattle_memory_data(s.store, m, &size);
            CHECK_EQ_INT(call_i32(&s, "grow", 2), 1);
            if (wt_os_faults_known() && order[i] != 0 && order[i] != 2)
                CHECK(wattle_memory_data(s.store, m, &size) == before);
            CHECK_EQ_INT(call_i32(&s, "load", 65533), 0);
            CHECK_EQ_INT(call_i32(&s, "load", 3 * 65536),
                         trapped(WATTLE_TRAP_out_of_bounds_memory));
        }
        CHECK(i >= 3 || handler_is_ours());
        close_side(&s);
    }
    CHECK(!wt_os_faults_known() || !handler_is_ours());
}

/* The host's own fault, a fault of the host in the address space behind a memory, and a page within
   a memory that somebody took away: none of these is a trap. */
static wattle_status touch_page(void *user, wattle_caller *caller, const wattle_slot *args,
                                wattle_slot *results) {
    (void)user, (void)caller, (void)args;
    *(volatile uint8_t *)foreign_page = 5;
    results[0].i32 = foreign_page[0];
    return WATTLE_OK;
}
static wattle_status touch_memory(void *user, wattle_caller *caller, const wattle_slot *args,
                                  wattle_slot *results) {
    Side *s = user;
    (void)caller;
    wattle_memory m;
    size_t size;
    if (!wattle_instance_memory(s->store, s->in, "m", &m))
        return WATTLE_USAGE;
    results[0].i32 = ((volatile uint8_t *)wattle_memory_data(s->store, m, &size))[args[0].i32];
    return WATTLE_OK;
}
static void faults_of_others(void) {
    static const char text[] =
        "(module (import \"\" \"p\" (func $p (result i32)))"
        "(import \"\" \"t\" (func $t (param i32) (result i32))) (memory (export \"m\") 2)"
        "(func (export \"page\") (param i32) (result i32) (call $p))"
        "(func (export \"touch\") (param i32) (result i32) (call $t (local.get 0)))"
        "(func (export \"load\") (param i32) (result i32) (i32.load (local.get 0))))";
    static const HostRow hosts[] = {{":i", touch_page}, {"i:i", touch_memory}};
    size_t page = wt_os_page_size();
    for (unsigned i = 0; i < SIDES; i++) {
        Side s;
        wattle_memory m;
        size_t size;
        if (open_hosted(&s, i, text, NULL, hosts, 2)) {
            void *own = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            foreign_page = own;
            foreign_faults = 0;
            CHECK_EQ_INT(call_i32(&s, "page", 0), 5);
            CHECK_EQ_INT(foreign_faults, 1);
            (void)munmap(own, page);
            CHECK(wattle_instance_memory(s.store, s.in, "m", &m));
            uint8_t *base = (uint8_t *)wattle_memory_data(s.store, m, &size);
            foreign_page = base + page * ((65536 + page - 1) / page);
            (void)mprotect(foreign_page, page, PROT_NONE);
            CHECK_EQ_INT(call_i32(&s, "load", (int32_t)(foreign_page - base) + 8), 0);
            CHECK_EQ_INT(foreign_faults, 2);
            CHECK_EQ_INT(call_i32(&s, "load", 2 * 65536),
                         trapped(WATTLE_TRAP_out_of_bounds_memory));
            CHECK_EQ_INT(foreign_faults, 2);
            foreign_page = NULL;
            if (i == 1 && wt_os_faults_known()) {
                fflush(stdout);
                pid_t child = fork();
                if (child == 0)
                    _exit((int)call_i32(&s, "touch", 3 * 65536) & 1);
                int status = 0;
                CHECK(waitpid(child, &status, 0) == child);
                CHECK(WIFEXITED(status) && WEXITSTATUS(status) == FOREIGN_exit);
            }
        }
        close_side(&s);
    }
}

/* A store within a call of another; both fault, before and after, and so they do after a fork. */
static wattle_status call_inner(void *user, wattle_caller *caller, const wattle_slot *args,
                                wattle_slot *results) {
    (void)user, (void)caller;
    Side inner;
    for (unsigned i = 0; i < SIDES; i++) {
        if (!open_side(&inner, i, one_memory, strlen(one_memory), NULL))
            return WATTLE_USAGE;
        CHECK_EQ_INT(call_i32(&inner, "load", args[0].i32),
                     trapped(WATTLE_TRAP_out_of_bounds_memory));
        CHECK_EQ_INT(call_i32(&inner, "load", 8), 0);
        close_side(&inner);
    }
    results[0].i32 = 1;
    return WATTLE_OK;
}
static int nested_answers(Side *s) {
    return call_i32(s, "f", 65533) == 1 &&
           call_i32(s, "g", 65533) == trapped(WATTLE_TRAP_out_of_bounds_memory) &&
           call_i32(s, "g", 4) == 1;
}
static void nested_stores(void) {
    static const char text[] =
        "(module (import \"\" \"h\" (func $h (param i32) (result i32))) (memory 1)"
        "(func (export \"f\") (param i32) (result i32) (call $h (local.get 0)))"
        "(func (export \"g\") (param i32) (result i32)"
        " (i32.add (call $h (i32.const -4)) (i32.load (local.get 0)))))";
    static const HostRow hosts[] = {{"i:i", call_inner}};
    for (unsigned i = 0; i < SIDES; i++) {
        Side s;
        if (open_hosted(&s, i, text, NULL, hosts, 1)) {
            CHECK(nested_answers(&s));
            fflush(stdout);
            pid_t child = fork();
            if (child == 0)
                _exit(nested_answers(&s) ? 7 : 1);
            int status = 0;
            CHECK(nested_answers(&s));
            CHECK(waitpid(child, &status, 0) == child);
            CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 7);
        }
        close_side(&s);
    }
}

/* ---- the host calls back ---- */

/* args: how deep, then three that must outlive what is called. */
static wattle_status call_back(void *user, wattle_caller *caller, const wattle_slot *args,
                               wattle_slot *results) {
    Side *s = user;
    (void)caller;
    int64_t kept[3] = {args[1].i64, args[2].i64, args[3].i64};
    wattle_slot slot = {.i32 = args[0].i32 - 1};
    wattle_func f;
    if (!wattle_instance_func(s->store, s->in, "f", &f))
        return WATTLE_USAGE;
    wattle_status status = wattle_func_call_fast(s->store, f, &slot, 1);
    CHECK(args[1].i64 == kept[0] && args[2].i64 == kept[1] && args[3].i64 == kept[2]);
    results[0].i32 = slot.i32;
    return status;
}
/* Swallows what went wrong. */
static wattle_status call_back_gently(void *user, wattle_caller *caller, const wattle_slot *args,
                                      wattle_slot *results) {
    if (call_back(user, caller, args, results) != WATTLE_OK)
        results[0].i32 = 0;
    return WATTLE_OK;
}

/* Wasm and host by turns until one of the limits ends it; after each end all is as before. */
static void recursion_by_host(void) {
    static const char text[] =
        "(module (import \"\" \"h\" (func $h (param i32 i64 i64 i64) (result i32)))"
        "(func (export \"f\") (param i32) (result i32) (local i64 i64)"
        " (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))"
        " (local.set 1 (i64.extend_i32_u (local.get 0))) (local.set 2 (i64.const 99))"
        " (i32.add (call $h (local.get 0) (local.get 1) (i64.const -1) (local.get 2))"
        "  (i32.wrap_i64 (i64.sub (local.get 2) (i64.const 98))))))";
    static const HostRow rows[2][1] = {{{"illl:i", call_back}}, {{"illl:i", call_back_gently}}};
    static const wattle_store_config configs[] = {
        {.size = sizeof(wattle_store_config)},
        {.size = sizeof(wattle_store_config), .host_depth = 1000000, .stack_bytes = 16384},
        {.size = sizeof(wattle_store_config), .host_depth = 7},
    };
    for (unsigned c = 0; c < 3; c++)
        for (unsigned i = 0; i < SIDES; i++)
            for (unsigned gentle = 0; gentle < 2; gentle++) {
                Side s;
                if (open_hosted(&s, i, text, &configs[c], rows[gentle], 1))
                    for (unsigned round = 0; round < 3; round++) {
                        CHECK_EQ_INT(call_i32(&s, "f", 6), 6);
                        int64_t got = call_i32(&s, "f", 100000);
                        if (!gentle)
                            CHECK_EQ_INT(got, trapped(WATTLE_TRAP_stack_exhausted));
                        else if (c != 1)
                            CHECK_EQ_INT(got, c == 0 ? 100 : 7);
                        else
                            CHECK(got > 20 && got < 16384 / 8);
                    }
                close_side(&s);
            }
}

/* Frames of every size at the end of the stack. */
static const unsigned frame_sizes[] = {0, 1, 2, 3, 7, 30, 100, 333, 1000, 3000, 8100, 8300, 20000};
enum { FRAME_SIZES = sizeof frame_sizes / sizeof *frame_sizes };

static void write_frames(Buf *b) {
    buf_str(b, "(module (import \"\" \"h\" (func $h (param i32 i64 i64 i64) (result i32)))"
               "(func $leaf (param i64 i64) (result i64) (local i64) (local.set 2 (local.get 0))"
               " (i64.add (local.get 2) (local.get 1)))");
    for (unsigned k = 0; k < FRAME_SIZES; k++) {
        wt_buf_printf(b, "(func $r%u (export \"r%u\") (param $n i32) (result i32) (local $a i32)",
                      k, k);
        for (unsigned i = 0; i < frame_sizes[k]; i++)
            buf_str(b, i % 5 ? " (local i64)" : " (local v128)");
        buf_str(b, "(local $z i32) (local.set $a (local.get $n)) (local.set $z (i32.const 3))"
                   " (if (local.get $n) (then (local.set $a (i32.add (local.get $a)");
        wt_buf_printf(b, " (call $r%u (i32.sub (local.get $n) (i32.const 1)))))))", k);
        buf_str(b, "(drop (call $leaf (i64.const 1) (i64.const 2)))"
                   "(i32.add (local.get $a) (i32.sub (local.get $z) (i32.const 3))))");
    }
    /* A host call, then a small frame, at every depth of small ones. */
    buf_str(b, "(func (export \"f\") (param $n i32) (result i32)"
               " (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))"
               " (i32.add (i32.const 1) (call $h (local.get $n) (i64.const 1) (i64.const 2)"
               "  (i64.const 3))))"
               "(func $deep (export \"deep\") (param $n i32) (result i32)"
               " (if (result i32) (local.get $n) (then (i32.add (i32.const 1) (call $deep"
               "  (i32.sub (local.get $n) (i32.const 1))))) (else (call $h (i32.const 2)"
               "   (i64.const 4) (i64.const 5) (i64.const 6))))))");
    buf_u8(b, 0);
}

/* The right sum up to some depth, and from there on a trap. */
static void recurse_to_end(Side *s, const char *name, int32_t step, bool sums) {
    bool ended = false;
    for (int32_t n = 0, beyond = 0; beyond < 5; n += step) {
        int64_t got = call_i32(s, name, n), want = sums ? (int64_t)n * (n + 1) / 2 : n + 1;
        ended |= got == trapped(WATTLE_TRAP_stack_exhausted);
        beyond += ended;
        if (!CHECK_EQ_INT(got, ended ? trapped(WATTLE_TRAP_stack_exhausted) : (int32_t)want) ||
            !CHECK(n < 100000)) {
            fprintf(stderr, "  %s %d\n", name, n);
            return;
        }
    }
}
static void frames_at_the_end(void) {
    static const HostRow hosts[] = {{"illl:i", call_back}};
    static const size_t stacks[] = {8192, 65536, 100008, 300000};
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    write_frames(&b);
    for (unsigned c = 0; c < 4; c++)
        for (unsigned i = 0; i < SIDES; i++) {
            wattle_store_config config = {.size = sizeof config, .stack_bytes = stacks[c]};
            Side s;
            if (open_hosted(&s, i, (const char *)b.data, &config, hosts, 1)) {
                for (unsigned k = 0; k < FRAME_SIZES; k++) {
                    char name[8];
                    snprintf(name, sizeof name, "r%u", k);
                    recurse_to_end(&s, name,
                                   frame_sizes[k] > 90  ? 1
                                   : frame_sizes[k] > 6 ? 3
                                                        : 41,
                                   true);
                }
                recurse_to_end(&s, "deep", c < 2 ? 1 : 37, false);
            }
            close_side(&s);
        }
    wt_buf_free(&b);
}

/* ---- exceptions over the host ---- */

static wattle_status call_thrower(void *user, wattle_caller *caller, const wattle_slot *args,
                                  wattle_slot *results) {
    Side *s = user;
    (void)caller;
    wattle_slot slot = {.i32 = args[0].i32};
    wattle_func f;
    if (!wattle_instance_func(s->store, s->in, "in", &f))
        return WATTLE_USAGE;
    wattle_status status = wattle_func_call_fast(s->store, f, &slot, 1);
    results[0].i32 = slot.i32;
    return status;
}

static void exceptions_over_host(void) {
    static const char text[] =
        "(module (import \"\" \"h\" (func $h (param i32) (result i32)))"
        "(tag $e (param i32)) (tag $f (param f64 i32 i64)) (global $n (mut i32) (i32.const 0))"
        "(func $count (global.set $n (i32.add (global.get $n) (i32.const 1))))"
        /* 0 throws $e, 1 throws $f, below 10 nobody catches; above each ten one way to go on */
        "(func (export \"in\") (param i32) (result i32) (local i32)"
        " (local.set 1 (i32.add (local.get 0) (i32.const 100)))"
        " (if (i32.eqz (local.get 0)) (then (throw $e (i32.const 7))))"
        " (if (i32.eq (local.get 0) (i32.const 1)) (then (throw $f (f64.const 2) (i32.const 8)"
        "  (i64.const 9))))"
        " (if (i32.lt_u (local.get 0) (i32.const 10)) (then (return (call $h (i32.sub"
        "  (local.get 0) (i32.const 2))))))"
        " (if (i32.lt_u (local.get 0) (i32.const 20)) (then (return (i32.add (local.get 1)"
        "  (call $rethrow (i32.sub (local.get 0) (i32.const 10)))))))"
        " (if (i32.lt_u (local.get 0) (i32.const 30)) (then (return (i32.add (local.get 1)"
        "  (call $delegate (i32.sub (local.get 0) (i32.const 20)))))))"
        " (if (i32.lt_u (local.get 0) (i32.const 40)) (then (return (i32.add (local.get 1)"
        "  (call $again (i32.sub (local.get 0) (i32.const 30)))))))"
        " (i32.add (local.get 1) (call $out (i32.sub (local.get 0) (i32.const 40)))))"
        "(func $rethrow (param i32) (result i32) (local i32) (local.set 1 (i32.const 1000))"
        " (try (result i32) (do (try (result i32) (do (call $h (local.get 0)))"
        "   (catch_all (call $count) (local.set 1 (i32.const 2000)) (rethrow 0))))"
        "  (catch $e (i32.add (local.get 1)))"
        "  (catch $f (drop) (local.set 1) (drop) (local.get 1))))"
        "(func $delegate (param i32) (result i32) (local i32) (local.set 1 (i32.const 3000))"
        " (try $l (result i32) (do (try (result i32) (do (try (result i32) (do"
        "   (call $h (local.get 0))) (delegate $l))) (catch_all (i32.const -1))))"
        "  (catch $e (i32.add (local.get 1)))"
        "  (catch $f (drop) (local.set 1) (drop) (local.get 1))))"
        /* catches, throws another over the host in the handler, and then the first again */
        "(func $again (param i32) (result i32)"
        " (try (result i32) (do (try (result i32) (do (call $h (local.get 0)))"
        "   (catch_all (drop (try (result i32) (do (call $h (i32.const 1)))"
        "     (catch $f (drop) (drop) (drop) (i32.const 1)))) (rethrow 0))))"
        "  (catch $e) (catch $f (drop) (global.set $n) (drop) (global.get $n))))"
        /* out to whoever is behind the host */
        "(func $out (param i32) (result i32)"
        " (try (result i32) (do (call $h (local.get 0))) (delegate 0)))"
        "(func (export \"f\") (param i32) (result i32) (local i64 f64)"
        " (local.set 1 (i64.const 5)) (local.set 2 (f64.const 6))"
        " (i32.add (i32.add (i32.wrap_i64 (local.get 1)) (i32.trunc_f64_s (local.get 2)))"
        "  (block $b (result i32) (try_table (result i32) (catch $e $b) (call $h (local.get 0))))))"
        /* a reference to what was caught behind the host is thrown again */
        "(func (export \"g\") (param i32) (result i32)"
        " (block $e (result i32) (try_table (catch $e $e)"
        "  (block $all (result exnref) (try_table (catch_all_ref $all)"
        "    (drop (call $h (local.get 0)))) (return (i32.const -3))) (throw_ref)) "
        "(unreachable))))";
    static const HostRow hosts[] = {{"i:i", call_thrower}};
    Sides all = {.ok = true};
    for (unsigned i = 0; i < SIDES; i++)
        all.ok &= open_hosted(&all.side[i], i, text, NULL, hosts, 1);
    for (int32_t n = 0; n < 50 && all.ok; n++) {
        wattle_slot slot = {.i32 = n};
        call_all(&all, "f", &slot, 1, "i");
        call_all(&all, "g", &slot, 1, "i");
        call_all(&all, "in", &slot, 1, "i");
    }
    if (all.ok) {
        CHECK_EQ_INT(call_i32(&all.side[1], "f", 4), 5 + 6 + 7);
        CHECK_EQ_INT(call_i32(&all.side[1], "f", 10), 11 + 110 + 2007);
        CHECK_EQ_INT(call_i32(&all.side[1], "f", 20), 11 + 120 + 3007);
        CHECK_EQ_INT(call_i32(&all.side[1], "in", 21), 121 + 8);
        CHECK_EQ_INT(call_i32(&all.side[1], "in", 30), 130 + 7);
        CHECK_EQ_INT(call_i32(&all.side[1], "g", 44), 7);
        CHECK_EQ_INT(call_i32(&all.side[1], "in", 1), -1000 * (int64_t)WATTLE_EXCEPTION);
    }
    close_sides(&all);
}

/* ---- memories that grow under a caller ---- */

static wattle_status grow_by_host(void *user, wattle_caller *caller, const wattle_slot *args,
                                  wattle_slot *results) {
    Side *s = user;
    (void)caller, (void)args;
    wattle_memory m;
    uint64_t old;
    if (!wattle_instance_memory(s->store, s->in, "m", &m))
        return WATTLE_USAGE;
    bool ok = wattle_memory_grow(s->store, m, 1, &old) == WATTLE_OK;
    results[0].i32 = ok ? (int32_t)old : -1;
    return WATTLE_OK;
}

/* Five ways to grow, each between accesses of a loop that has base and length at hand, then beyond.
 */
static void growth_in_a_callee(void) {
    static const char *const ways[] = {"(call $grow)", "(call_indirect (type $g) (i32.const 0))",
                                       "(call_ref $g (ref.func $grow))", "(call $h)",
                                       "(memory.grow (i32.const 1))"};
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module (type $g (func (result i32))) (import \"\" \"h\" (func $h (type $g)))"
                "(memory (export \"m\") 1 40) (memory $other 1 40) (table funcref (elem $grow))"
                "(func $grow (type $g) (drop (memory.grow $other (i32.const 1)))"
                " (memory.grow (i32.const 1)))");
    for (unsigned k = 0; k < WT_COUNT(ways); k++) {
        wt_buf_printf(&b,
                      "(func (export \"w%u\") (result i32) (local $i i32) (local $s i32)"
                      "(local $p i32) (loop $l (i32.store (local.get $i) (i32.const %u))"
                      " (local.set $s (i32.add (local.get $s) (i32.load (local.get $i))))"
                      " (local.set $p %s)"
                      " (i32.store (i32.shl (local.get $p) (i32.const 16)) (local.get $i))"
                      " (i64.store offset=65528 (i32.shl (local.get $p) (i32.const 16))"
                      "  (i64.const %u))"
                      " (local.set $s (i32.add (local.get $s) (i32.add (i32.load"
                      "  (i32.shl (local.get $p) (i32.const 16))) (i32.load offset=65532"
                      "   (i32.shl (local.get $p) (i32.const 16))))))"
                      " (local.set $s (i32.add (local.get $s) (memory.size)))"
                      " (br_if $l (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4)))"
                      "  (i32.const 24))))"
                      " (i32.add (local.get $s) (i32.load8_u $other (i32.const 65536))))",
                      k, k + 3, ways[k], k + 77);
        wt_buf_printf(&b,
                      "(func (export \"e%u\") (result i32) (local $x i32)"
                      " (local.set $x (i32.load (i32.const 0))) (drop %s)"
                      " (i32.add (local.get $x) (i32.load offset=2 (i32.sub (i32.shl"
                      "  (memory.size) (i32.const 16)) (i32.const 5)))))",
                      k, ways[k]);
    }
    buf_str(&b, ")");
    buf_u8(&b, 0);
    static const HostRow hosts[] = {{":i", grow_by_host}};
    Sides all = {.ok = true};
    for (unsigned i = 0; i < SIDES; i++)
        all.ok &= open_hosted(&all.side[i], i, (const char *)b.data, NULL, hosts, 1);
    wattle_slot none = {.bits = 0};
    for (unsigned k = 0; k < WT_COUNT(ways) && all.ok; k++) {
        char name[8];
        snprintf(name, sizeof name, "w%u", k);
        CHECK_EQ_INT(call_all(&all, name, &none, 0, "i"), WATTLE_OK);
        snprintf(name, sizeof name, "e%u", k);
        CHECK_EQ_INT(call_all(&all, name, &none, 0, "i"), WATTLE_TRAP);
    }
    for (unsigned i = 1; i < SIDES && all.ok; i++)
        CHECK(memory_sum(&all.side[i]) == memory_sum(&all.side[0]));
    close_sides(&all);
    wt_buf_free(&b);
}

/* ---- many values over the border ---- */

enum { MOST_values = 1000, VALUE_kinds = 7 };
static const wattle_kind value_kinds[VALUE_kinds] = {
    WATTLE_I32, WATTLE_F64, WATTLE_I64, WATTLE_V128, WATTLE_F32, WATTLE_I64, WATTLE_EXTERNREF};
static const char *const value_names[VALUE_kinds] = {"i32", "f64", "i64",      "v128",
                                                     "f32", "i64", "externref"};

static wattle_value value_number(unsigned i) {
    wattle_value v = {.kind = value_kinds[i % VALUE_kinds]};
    if (v.kind == WATTLE_I32)
        v.of.i32 = -(int32_t)i;
    else if (v.kind == WATTLE_I64)
        v.of.i64 = (int64_t)i << 33 | 1;
    else if (v.kind == WATTLE_F32)
        v.of.f32 = (float)i + 0.25f;
    else if (v.kind == WATTLE_F64)
        v.of.f64 = (double)i / 3;
    else if (v.kind == WATTLE_V128)
        memset(v.of.v128, (int)(i & 255), sizeof v.of.v128);
    return v;
}
static bool is_value(const wattle_value *v, unsigned i) {
    wattle_value want = value_number(i);
    if (v->kind != want.kind)
        return false;
    switch (want.kind) {
    case WATTLE_I32:
        return v->of.i32 == want.of.i32;
    case WATTLE_I64:
        return v->of.i64 == want.of.i64;
    case WATTLE_F32:
        return memcmp(&v->of.f32, &want.of.f32, sizeof(float)) == 0;
    case WATTLE_F64:
        return memcmp(&v->of.f64, &want.of.f64, sizeof(double)) == 0;
    case WATTLE_V128:
        return memcmp(v->of.v128, want.of.v128, sizeof want.of.v128) == 0;
    default:
        return wattle_ref_is_null(v->of.ref);
    }
}

/* Gives its arguments back, those behind in front. */
static wattle_status turn_values(void *user, wattle_caller *caller, const wattle_value *args,
                                 wattle_value *results) {
    (void)caller;
    unsigned n = *(unsigned *)user;
    for (unsigned i = 0; i < n; i++) {
        CHECK(is_value(&args[i], i));
        results[i] = args[(i + n / 2) % n];
    }
    return WATTLE_OK;
}

static void values_over_border(Side *s, unsigned n) {
    static wattle_value args[MOST_values], results[MOST_values];
    static wattle_valtype params[MOST_values], out[MOST_values];
    for (unsigned i = 0; i < n; i++) {
        params[i] = wattle_valtype_of(value_kinds[i % VALUE_kinds]);
        out[i] = wattle_valtype_of(value_kinds[(i + n / 2) % n % VALUE_kinds]);
        args[i] = value_number(i);
    }
    wattle_functype type = {params, out, n, n};
    wattle_extern import = {.kind = WATTLE_EXTERN_FUNC};
    wattle_func f;
    CHECK(wattle_func_new(s->store, &type, turn_values, &n, NULL, &import.of.func) == WATTLE_OK);
    if (!CHECK(wattle_instance_new_with(s->store, s->module, &import, 1, &s->in) == WATTLE_OK))
        return;
    static const char *const exports[] = {"direct", "tail", "table", "host"};
    for (unsigned k = 0; k < WT_COUNT(exports); k++) {
        CHECK(wattle_instance_func(s->store, s->in, exports[k], &f));
        memset(results, 0, sizeof results);
        if (!CHECK(wattle_func_call(s->store, f, args, n, results, n) == WATTLE_OK))
            continue;
        bool same_values = true;
        for (unsigned i = 0; i < n; i++)
            same_values &= is_value(&results[i], (i + n / 2) % n);
        CHECK(same_values);
    }
}
static void values_of_any_number(void) {
    static const unsigned sizes[] = {1, 2, 3, 6, 7, 8, 9, 13, 14, 15, 21, 40, 100, 501, 999, 1000};
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    for (unsigned c = 0; c < WT_COUNT(sizes); c++) {
        unsigned n = sizes[c];
        b.len = 0;
        buf_str(&b, "(module (type $t (func (param");
        for (unsigned i = 0; i < n; i++)
            wt_buf_printf(&b, " %s", value_names[i % VALUE_kinds]);
        buf_str(&b, ") (result");
        for (unsigned i = 0; i < n; i++)
            wt_buf_printf(&b, " %s", value_names[(i + n / 2) % n % VALUE_kinds]);
        buf_str(&b, "))) (import \"\" \"h\" (func $h (type $t))) (table funcref (elem $h))"
                    "(export \"host\" (func $h))");
        static const char *const ways[][2] = {
            {"direct", "call $h"},
            {"tail", "return_call $h"},
            {"table", "i32.const 0 call_indirect (type $t)"},
        };
        for (unsigned k = 0; k < 3; k++) {
            wt_buf_printf(&b, "(func (export \"%s\") (type $t)", ways[k][0]);
            for (unsigned i = 0; i < n; i++)
                wt_buf_printf(&b, " local.get %u", i);
            wt_buf_printf(&b, " %s)", ways[k][1]);
        }
        buf_str(&b, ")");
        for (unsigned i = 0; i < SIDES; i++) {
            Side s;
            if (begin_side(&s, i, b.data, b.len, NULL))
                values_over_border(&s, n);
            close_side(&s);
        }
    }
    wt_buf_free(&b);
}

/* ---- br_table ---- */

enum { TABLE_most = 300, TABLE_large = 65536, TABLE_labels = 9 };

static unsigned table_label(unsigned n, unsigned i) {
    return (i < n ? i * 7 + i / 5 : n + 4) % TABLE_labels;
}
/* "tN" is the label of its argument; "sN" all of them, in one number. */
static void write_table(Buf *b, unsigned n) {
    wt_buf_printf(b, "(func $t%u (export \"t%u\") (param i32) (result i32) ", n, n);
    for (unsigned k = 0; k < TABLE_labels; k++)
        buf_str(b, "(block ");
    buf_str(b, "(br_table");
    for (unsigned i = 0; i <= n; i++)
        wt_buf_printf(b, " %u", table_label(n, i));
    buf_str(b, " (local.get 0))");
    for (unsigned k = 0; k < TABLE_labels; k++)
        wt_buf_printf(b, ") (return (i32.const %u))", k);
    wt_buf_printf(
        b,
        " (unreachable)) (func (export \"s%u\") (result i32) (local $i i32) (local $h i32)"
        "(loop $l (local.set $h (i32.add (i32.mul (local.get $h) (i32.const 31))"
        " (call $t%u (local.get $i))))"
        "(br_if $l (i32.le_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))"
        " (i32.const %u)))) (local.get $h))\n",
        n, n, n + 1);
}
static void tables_of_any_size(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module ");
    for (unsigned n = 0; n <= TABLE_most; n++)
        write_table(&b, n);
    write_table(&b, TABLE_large);
    buf_str(&b, ")");
    Sides all = open_sides(b.data, b.len, NULL);
    for (unsigned n = 0; n <= TABLE_most + 1 && all.ok; n++) {
        unsigned size = n <= TABLE_most ? n : TABLE_large;
        uint32_t sum = 0;
        for (unsigned i = 0; i <= size + 1; i++)
            sum = sum * 31 + table_label(size, i);
        char name[16];
        for (unsigned i = 0; i < SIDES; i++) {
            wattle_slot none = {.bits = 0};
            snprintf(name, sizeof name, "s%u", size);
            Outcome o = call_side(&all.side[i], name, &none, 0);
            CHECK(o.status == WATTLE_OK && o.slots[0].i32 == (int32_t)sum);
            snprintf(name, sizeof name, "t%u", size);
            static const int32_t far[] = {-1, INT32_MIN, INT32_MAX, 0x10000, 0x10001};
            for (unsigned k = 0; k < WT_COUNT(far); k++)
                CHECK_EQ_INT(call_i32(&all.side[i], name, far[k]),
                             table_label(size, (unsigned)far[k]));
        }
    }
    close_sides(&all);
    wt_buf_free(&b);
}

/* ---- signals ---- */

static volatile sig_atomic_t storm_signals;
static void storm_signal(int signal) {
    volatile uint8_t used[8192];
    for (size_t i = 0; i < sizeof used; i += 512)
        used[i] = (uint8_t)signal;
    storm_signals += used[512] != 0;
}
static void start_storm(int flags) {
    struct sigaction action = {.sa_handler = storm_signal, .sa_flags = flags | SA_RESTART};
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGALRM, &action, NULL);
    (void)sigaction(SIGPROF, &action, NULL);
    struct itimerval real = {{0, 150}, {0, 150}}, cpu = {{0, 1000}, {0, 1000}};
    storm_signals = 0;
    (void)setitimer(ITIMER_REAL, &real, NULL);
    (void)setitimer(ITIMER_PROF, &cpu, NULL);
}
static void end_storm(void) {
    static const struct itimerval never;
    (void)setitimer(ITIMER_REAL, &never, NULL);
    (void)setitimer(ITIMER_PROF, &never, NULL);
    (void)signal(SIGALRM, SIG_IGN);
    (void)signal(SIGPROF, SIG_IGN);
}

static const char stormy[] =
    "(module (import \"\" \"h\" (func $h (param i32 i64 i64 i64) (result i32))) (memory 1 5)"
    "(tag $e (param i32 f64))"
    "(func $down (export \"down\") (param i32) (result i32) (if (result i32) (local.get 0)"
    " (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))"
    " (else (i32.const 0))))"
    "(func (export \"f\") (param i32) (result i32)"
    " (if (i32.eqz (local.get 0)) (then (return (i32.const 0))))"
    " (i32.add (i32.const 1) (call $h (local.get 0) (i64.const 1) (i64.const 2) (i64.const 3))))"
    "(func (export \"load\") (param i32) (result i32) (i32.load (local.get 0)))"
    "(func $throw (param i32) (if (local.get 0) (then (call $throw (i32.sub (local.get 0)"
    " (i32.const 1)))) (else (throw $e (i32.const 7) (f64.const 1)))))"
    "(func (export \"catch\") (param i32) (result i32) (local f64)"
    " (block $b (result i32 f64) (try_table (catch $e $b) (call $throw (local.get 0)))"
    "  (unreachable)) (local.set 1) (i32.add (i32.trunc_f64_s (local.get 1))))"
    "(func (export \"loop\") (param i32) (result i32) (local i32 v128)"
    " (loop $l (local.set 2 (i32x4.add (local.get 2) (i32x4.splat (local.get 1))))"
    "  (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))"
    "  (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1) (i32.const 1))) (local.get 0))))"
    " (i32x4.extract_lane 3 (local.get 2))))";

static void storm_round(Side *s) {
    CHECK_EQ_INT(call_i32(s, "down", 1000), 1000);
    CHECK_EQ_INT(call_i32(s, "down", 1 << 28), trapped(WATTLE_TRAP_stack_exhausted));
    CHECK_EQ_INT(call_i32(s, "f", 50), 50);
    for (int32_t i = 0; i < 20; i++) {
        CHECK_EQ_INT(call_i32(s, "load", 0x7FFFFFFF - i),
                     trapped(WATTLE_TRAP_out_of_bounds_memory));
        CHECK_EQ_INT(call_i32(s, "catch", i * 10), 8);
    }
    CHECK_EQ_INT(call_i32(s, "loop", 30000), 449985000);
}
static void storm(int flags) {
    static const HostRow hosts[] = {{"illl:i", call_back}};
    static const wattle_store_config config = {.size = sizeof config, .stack_bytes = 1 << 18};
    for (unsigned i = 0; i < SIDES; i++) {
        Side s;
        start_storm(flags);
        if (open_hosted(&s, i, stormy, &config, hosts, 1)) {
            uint64_t end = wt_os_now() + 150000000;
            while (wt_os_now() < end || storm_signals < 20)
                storm_round(&s);
        }
        end_storm();
        CHECK(storm_signals >= 20);
        close_side(&s);
    }
}
static void storm_on_any_stack(void) { storm(0); }
static void storm_on_own_stack(void) {
    size_t size = 1 << 16;
    stack_t before, own = {.ss_sp = malloc(size), .ss_size = size};
    if (!CHECK(own.ss_sp && sigaltstack(&own, &before) == 0))
        return;
    storm(SA_ONSTACK);
    CHECK(sigaltstack(&before, NULL) == 0);
    free(own.ss_sp);
}

/* ---- threads ---- */

enum { THREADS = 4, THREAD_functions = 60, THREAD_rounds = 6 };

typedef struct ThreadJob {
    Buf *text;
    wattle_engine *engine; /* NULL: each its own */
    wattle_module *module;
    unsigned number;
    int wrong;
} ThreadJob;

/* Every function once and more, in an order of the thread's own; faults among them. */
static void play_threaded(ThreadJob *j, wattle_engine *engine, wattle_module *module) {
    (void)engine;
    for (unsigned round = 0; round < THREAD_rounds; round++) {
        Side s = {.engine = engine, .module = module};
        s.store = wattle_store_new(engine, NULL);
        if (!s.store || wattle_instance_new_with(s.store, module, NULL, 0, &s.in) != WATTLE_OK) {
            j->wrong++;
            wattle_store_free(s.store);
            return;
        }
        for (unsigned k = 0; k < THREAD_functions; k++) {
            char name[8];
            wattle_func f;
            unsigned i = (k * 7 + j->number * 13) % THREAD_functions;
            snprintf(name, sizeof name, "f%u", i);
            wattle_slot slot = {.i32 = (int32_t)k};
            bool bad = k % 5 == 4;
            if (bad)
                slot.i32 = -8;
            bool found = wattle_instance_func(s.store, s.in, name, &f);
            wattle_status status =
                found ? wattle_func_call_fast(s.store, f, &slot, 1) : WATTLE_USAGE;
            j->wrong += bad ? status != WATTLE_TRAP
                            : status != WATTLE_OK ||
                                  slot.i32 != (int32_t)(i * 3 + (i + 1) % THREAD_functions * 3);
        }
        wattle_store_free(s.store);
    }
}
static void *run_thread(void *user) {
    ThreadJob *j = user;
    if (j->engine) {
        play_threaded(j, j->engine, j->module);
        return NULL;
    }
    wattle_config config = wattle_config_default();
    config.threads = 1;
    wattle_engine *engine = wattle_engine_new(&config);
    wattle_module *module;
    if (wattle_module_new(engine, j->text->data, j->text->len, &module, NULL) == WATTLE_OK)
        play_threaded(j, engine, module);
    else
        j->wrong++;
    wattle_module_free(module);
    wattle_engine_free(engine);
    return NULL;
}

static void run_threads(Buf *text, wattle_engine *engine, wattle_module *module) {
    pthread_t threads[THREADS];
    ThreadJob jobs[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        jobs[i] = (ThreadJob){text, engine, module, i, 0};
        if (!CHECK(pthread_create(&threads[i], NULL, run_thread, &jobs[i]) == 0))
            return;
    }
    for (unsigned i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK_EQ_INT(jobs[i].wrong, 0);
    }
}

static void write_threaded(Buf *b) {
    buf_str(b, "(module (memory 1)");
    for (unsigned i = 0; i < THREAD_functions; i++)
        wt_buf_printf(b,
                      "(func $g%u (param i32) (result i32) (i32.const %u))"
                      "(func (export \"f%u\") (param i32) (result i32) (local i32)"
                      " (loop $l (br_if $l (i32.lt_u (local.tee 1 (i32.add (local.get 1)"
                      "  (i32.const 1))) (i32.const 100))))"
                      " (i32.add (i32.add (call $g%u (local.get 0)) (call $g%u (i32.const 0)))"
                      "  (i32.load (local.get 0))))",
                      i, i * 3, i, i, (i + 1) % THREAD_functions);
    buf_str(b, ")");
}
static void threads_with_engines(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    write_threaded(&b);
    run_threads(&b, NULL, NULL);
    wt_buf_free(&b);
}
static void threads_with_one_module(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    write_threaded(&b);
    for (unsigned i = 0; i < SIDES; i++) {
        wattle_config config = side_config(i);
        wattle_engine *engine = wattle_engine_new(&config);
        wattle_module *module;
        if (CHECK(wattle_module_new(engine, b.data, b.len, &module, NULL) == WATTLE_OK))
            run_threads(&b, engine, module);
        wattle_module_free(module);
        wattle_engine_free(engine);
    }
    wt_buf_free(&b);
}

/* ---- whole numbers on their way to the host ---- */

/* Each argument as all of its 64 bits, times its place. */
static uint64_t weigh_slots(const wattle_slot *args, unsigned count) {
    uint64_t sum = count;
    for (unsigned i = 0; i < count; i++)
        sum += args[i].bits * (i + 3);
    return sum;
}
#define WEIGH(n)                                                                                   \
    static wattle_status weigh_##n(void *user, wattle_caller *caller, const wattle_slot *args,     \
                                   wattle_slot *results) {                                         \
        Side *s = user;                                                                            \
        CHECK(wattle_caller_store(caller) == s->store);                                            \
        if ((n) % 2)                                                                               \
            results[0].i32 = (int32_t)weigh_slots(args, n);                                        \
        else                                                                                       \
            results[0].bits = weigh_slots(args, n);                                                \
        return (n) == 6 && args[5].i64 == 66 ? wattle_caller_trap(caller, "six") : WATTLE_OK;      \
    }
/* clang-format off */
WEIGH(0) WEIGH(1) WEIGH(2) WEIGH(3) WEIGH(4) WEIGH(5) WEIGH(6)
    /* clang-format on */

    /* i32 and i64 in turn; the upper halves of the first are not zero in registers. What lives in
       registers over the calls is added at the end. */
    static void arguments_of_any_number(void) {
    static const HostRow hosts[] = {{":l", weigh_0},      {"i:i", weigh_1},    {"il:l", weigh_2},
                                    {"ili:i", weigh_3},   {"ilil:l", weigh_4}, {"ilili:i", weigh_5},
                                    {"ililil:l", weigh_6}};
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(module");
    for (unsigned n = 0; n <= 6; n++) {
        wt_buf_printf(&b, "(import \"\" \"h%u\" (func $h%u (param", n, n);
        for (unsigned i = 0; i < n; i++)
            buf_str(&b, i % 2 ? " i64" : " i32");
        buf_str(&b, n % 2 ? ") (result i32)))" : ") (result i64)))");
    }
    buf_str(&b, "(func (export \"f\") (param $x i64) (result i64) (local $sum i64) (local $d f64)"
                "(local.set $d (f64.convert_i64_s (local.get $x)))");
    for (unsigned n = 0; n <= 6; n++) {
        buf_str(&b, "(local.set $sum (i64.add (i64.mul (local.get $sum) (i64.const 31))");
        wt_buf_printf(&b, n % 2 ? "(i64.extend_i32_u (call $h%u" : "(call $h%u", n);
        for (unsigned i = 0; i < n; i++)
            wt_buf_printf(&b,
                          i % 2 ? "(i64.mul (local.get $x) (i64.const %u))"
                                : "(i32.wrap_i64 (i64.mul (local.get $x) (i64.const %u)))",
                          i + 1);
        buf_str(&b, n % 2 ? "))))" : ")))");
    }
    buf_str(&b, "(i64.add (local.get $sum) (i64.trunc_f64_s (local.get $d)))))");
    for (unsigned c = 0; c < SIDES; c++) {
        Side s;
        buf_u8(&b, 0);
        if (open_hosted(&s, c, (const char *)b.data, NULL, hosts, 7)) {
            const int64_t xs[] = {0, 5, -3, INT64_C(0x123456789ABC)};
            for (unsigned k = 0; k < 4; k++) {
                wattle_slot slot = {.i64 = xs[k]}, args[6];
                uint64_t sum = 0;
                for (unsigned n = 0; n <= 6; n++) {
                    for (unsigned i = 0; i < n; i++) {
                        args[i].bits = (uint64_t)xs[k] * (i + 1);
                        args[i].bits = i % 2 ? args[i].bits : (uint32_t)args[i].bits;
                    }
                    uint64_t weight = weigh_slots(args, n);
                    sum = sum * 31 + (n % 2 ? (uint32_t)weight : weight);
                }
                Outcome o = call_side(&s, "f", &slot, 1);
                CHECK_EQ_INT(o.status, WATTLE_OK);
                CHECK_EQ_INT(o.slots[0].i64, (int64_t)(sum + (uint64_t)xs[k]));
            }
            wattle_slot slot = {.i64 = 11};
            Outcome o = call_side(&s, "f", &slot, 1);
            CHECK_EQ_INT(o.status, WATTLE_TRAP);
            CHECK_EQ_STR(wattle_store_message(s.store), "six");
        }
        close_side(&s);
    }
    wt_buf_free(&b);
}

int main(void) {
    watch_faults();
    CHECK_CASE(modes_without_signals);
    CHECK_CASE(faults_of_others);
    CHECK_CASE(nested_stores);
    CHECK_CASE(recursion_by_host);
    CHECK_CASE(frames_at_the_end);
    CHECK_CASE(exceptions_over_host);
    CHECK_CASE(growth_in_a_callee);
    CHECK_CASE(values_of_any_number);
    CHECK_CASE(tables_of_any_size);
    CHECK_CASE(storm_on_any_stack);
    CHECK_CASE(storm_on_own_stack);
    CHECK_CASE(threads_with_engines);
    CHECK_CASE(threads_with_one_module);
    CHECK_CASE(arguments_of_any_number);
    return check_done();
}
