/* The ways between C, wasm code and helpers on x86-64. The stubs of a store are written when the
   store is made; those at the head of a module's code only lead there.

   A gate is a piece of code that goes from wasm's stack to the thread's and back. It keeps what
   wasm keeps over calls (rbx, r12, r13, r8, r9, xmm8 to xmm13) where the collector sees it, on
   wasm's stack. On the thread's stack lies, from NativeContext.host_sp upwards, what the entry left
   there: the NativeCall, the outer wasm_sp, the outer host_sp, r15, r14, r13, r12, rbx, rbp, return
 */
#include "x64/asm.h"
#include "x64/target.h"

#define CTX(field) ((int32_t)(offsetof(Store, native) + offsetof(NativeContext, field)))
#define CALL(field) ((int32_t)offsetof(NativeCall, field))
#define IN(field) ((int32_t)offsetof(Instance, field))

static const uint8_t stub_kept[] = {X64_rbx, X64_r12, X64_r13, X64_r8, X64_r9};
static const uint8_t stub_args[] = {X64_rdi, X64_rsi, X64_rdx, X64_rcx, X64_rax, X64_r10};
static const uint8_t stub_c_saved[] = {X64_rbp, X64_rbx, X64_r12, X64_r13, X64_r14, X64_r15};
enum {
    STUB_kept_bytes = 5 * 8 + 6 * 16,
    LAZY_args_bytes = 6 * 8 + 8 * 16,
    HOST_call_bytes = (sizeof(NativeCall) + 15) & ~15,
    INTS_bytes = ((TYPE_ints + 1) * 8 + sizeof(Caller) + 15) & ~15,
};

static void stub_load(X64Asm *a, unsigned to, unsigned base, int32_t at) {
    x64_rm(a, X64_mov_rm, 8, to, x64_at(base, at));
}
static void stub_store(X64Asm *a, unsigned base, int32_t at, unsigned from) {
    x64_rm(a, X64_mov_mr, 8, from, x64_at(base, at));
}
static void stub_store_of_instance(X64Asm *a) { stub_load(a, X64_r11, X64_r14, IN(store)); }

static void stub_keep(X64Asm *a, int32_t at, bool restore) {
    for (unsigned i = 0; i < sizeof stub_kept; i++, at += 8)
        x64_rm(a, restore ? X64_mov_rm : X64_mov_mr, 8, stub_kept[i], x64_at(X64_rsp, at));
    for (unsigned i = 8; i < 14; i++, at += 16)
        x64_rm(a, restore ? X64_movups_rm : X64_movups_mr, 0, i, x64_at(X64_rsp, at));
}
/* What C does not keep, and the frame of the gate. */
static void stub_restore(X64Asm *a, int32_t frame) {
    enum { LOST = 3 };
    for (unsigned i = LOST; i < sizeof stub_kept; i++)
        stub_load(a, stub_kept[i], X64_rsp, (int32_t)i * 8);
    for (unsigned i = 8; i < 14; i++)
        x64_rm(a, X64_movups_rm, 0, i,
               x64_at(X64_rsp, (int32_t)(sizeof stub_kept * 8 + (i - 8) * 16)));
    x64_ri(a, X64_add_mi, 8, X64_rsp, frame);
}
/* All registers of arguments, from a base on; integers first. */
_Static_assert(offsetof(NativeCall, ints) + sizeof stub_args * 8 == offsetof(NativeCall, floats),
               "stub_move_args");
static void stub_move_ints(X64Asm *a, unsigned base, int32_t at, bool load) {
    for (unsigned i = 0; i < sizeof stub_args; i++, at += 8)
        x64_rm(a, load ? X64_mov_rm : X64_mov_mr, 8, stub_args[i], x64_at(base, at));
}
static void stub_move_floats(X64Asm *a, unsigned base, int32_t at, bool load) {
    for (unsigned i = 0; i < 8; i++, at += 16)
        x64_rm(a, load ? X64_movups_rm : X64_movups_mr, 0, i, x64_at(base, at));
}
static void stub_move_args(X64Asm *a, unsigned base, int32_t at, bool load) {
    stub_move_ints(a, base, at, load);
    stub_move_floats(a, base, at + (int32_t)sizeof stub_args * 8, load);
}
/* r11: the store. */
static void stub_to_host(X64Asm *a) {
    stub_store(a, X64_r11, CTX(wasm_sp), X64_rsp);
    stub_load(a, X64_rsp, X64_r11, CTX(host_sp));
}
static void stub_from_host(X64Asm *a) {
    stub_store_of_instance(a);
    stub_load(a, X64_rsp, X64_r11, CTX(wasm_sp));
}
static void stub_call_c(X64Asm *a, uintptr_t fn) {
    x64_mov_imm(a, 8, X64_rax, fn);
    x64_r(a, X64_call_m, 8, X64_rax);
}

/* From C to wasm's stack; rsi: the store. */
static void stub_arrive(X64Asm *a) {
    for (unsigned i = 0; i < sizeof stub_c_saved; i++)
        x64_r(a, X64_push, 8, stub_c_saved[i]);
    x64_m(a, X64_push_m, 8, x64_at(X64_rsi, CTX(host_sp)));
    x64_m(a, X64_push_m, 8, x64_at(X64_rsi, CTX(wasm_sp)));
    x64_r(a, X64_push, 8, X64_rdi);
    stub_store(a, X64_rsi, CTX(host_sp), X64_rsp);
    stub_load(a, X64_rsp, X64_rsi, CTX(wasm_sp));
}
/* And back, to its caller; r11: the store. */
static void stub_leave(X64Asm *a) {
    stub_load(a, X64_rsp, X64_r11, CTX(host_sp));
    x64_ri(a, X64_add_mi, 8, X64_rsp, 8);
    x64_m(a, X64_pop_m, 8, x64_at(X64_r11, CTX(wasm_sp)));
    x64_m(a, X64_pop_m, 8, x64_at(X64_r11, CTX(host_sp)));
    for (unsigned i = sizeof stub_c_saved; i > 0; i--)
        x64_r(a, X64_pop, 8, stub_c_saved[i - 1]);
    x64_n(a, X64_ret, 0);
}

/* bool enter(NativeCall *, Store *): rdi, rsi. Then the way out of wasm, also for those who stop
   there: r11 the store, eax the answer. */
static const uint8_t *stub_enter(X64Asm *a) {
    stub_arrive(a);
    x64_rr(a, X64_mov_rm, 8, X64_r11, X64_rdi);
    x64_rr(a, X64_xor_rm, 4, X64_rbp, X64_rbp);
    stub_load(a, X64_rcx, X64_r11, CALL(stack_words));
    x64_rr(a, X64_test_mr, 8, X64_rcx, X64_rcx);
    uint8_t *none = x64_jcc8(a, X64_e);
    stub_load(a, X64_rsi, X64_r11, CALL(stack));
    uint8_t *again = a->at; /* from the last to the first */
    x64_m(a, X64_push_m, 8, x64_at_index(X64_rsi, X64_rcx, 3, -8));
    x64_ri(a, X64_sub_mi, 8, X64_rcx, 1);
    x64_patch8(x64_jcc8(a, X64_ne), again);
    x64_patch8(none, a->at);
    stub_load(a, X64_r14, X64_r11, CALL(instance));
    stub_load(a, X64_r15, X64_r14, IN(mem_base));
    x64_mi(a, X64_cmp_mi, 8, x64_at(X64_r11, CALL(floats_used)), 0);
    uint8_t *ints = x64_jcc8(a, X64_e);
    stub_move_floats(a, X64_r11, CALL(floats), true);
    x64_patch8(ints, a->at);
    stub_move_ints(a, X64_r11, CALL(ints), true);
    x64_m(a, X64_call_m, 8, x64_at(X64_r11, CALL(entry)));
    /* Back, perhaps in another instance; the callee has taken its arguments off. */
    stub_store_of_instance(a);
    stub_load(a, X64_r10, X64_r11, CTX(host_sp));
    stub_load(a, X64_r10, X64_r10, 0);
    stub_store(a, X64_r10, CALL(ints), X64_rax);
    stub_store(a, X64_r10, CALL(ints) + 8, X64_rdx);
    x64_rm(a, X64_movups_mr, 0, 0, x64_at(X64_r10, CALL(floats)));
    x64_rm(a, X64_movups_mr, 0, 1, x64_at(X64_r10, CALL(floats) + 16));
    stub_load(a, X64_rcx, X64_r10, CALL(stack_args));
    stub_load(a, X64_rdi, X64_r10, CALL(stack));
    stub_load(a, X64_rdx, X64_r10, CALL(stack_words));
    uint8_t *copy = a->at;
    x64_rr(a, X64_cmp_rm, 8, X64_rcx, X64_rdx);
    uint8_t *copied = x64_jcc8(a, X64_ae);
    x64_m(a, X64_pop_m, 8, x64_at_index(X64_rdi, X64_rcx, 3, 0));
    x64_ri(a, X64_add_mi, 8, X64_rcx, 1);
    x64_patch8(x64_jmp8(a), copy);
    x64_patch8(copied, a->at);
    x64_mov_imm(a, 4, X64_rax, 1);
    const uint8_t *leave = a->at;
    stub_leave(a);
    return leave;
}

/* {uint64_t ok, value} enter(const uint64_t *ints, Store *, Instance *, entry): rdi, rsi, rdx, rcx;
   rax and rdx. What lies on the thread's stack is the same, but for the first word. */
static void stub_enter_ints(X64Asm *a) {
    stub_arrive(a);
    x64_rr(a, X64_mov_rm, 8, X64_r14, X64_rdx);
    x64_rr(a, X64_mov_rm, 8, X64_r11, X64_rcx);
    x64_rr(a, X64_mov_rm, 8, X64_r15, X64_rdi);
    x64_rr(a, X64_xor_rm, 4, X64_rbp, X64_rbp);
    stub_move_ints(a, X64_r15, 0, true);
    stub_load(a, X64_r15, X64_r14, IN(mem_base));
    x64_r(a, X64_call_m, 8, X64_r11);
    stub_store_of_instance(a);
    x64_rr(a, X64_mov_rm, 8, X64_rdx, X64_rax);
    x64_mov_imm(a, 4, X64_rax, 1);
    stub_leave(a);
}

/* eax: why; rcx: more of it; on the stack the address behind. */
static void stub_trap(X64Asm *a, const uint8_t *leave) {
    x64_rr(a, X64_mov_rm, 8, X64_r8, X64_rcx);
    x64_rr(a, X64_mov_rm, 8, X64_rdi, X64_r14);
    x64_rr(a, X64_mov_rm, 4, X64_rsi, X64_rax);
    stub_load(a, X64_rdx, X64_rsp, 0);
    x64_rr(a, X64_mov_rm, 8, X64_rcx, X64_rbp);
    stub_store_of_instance(a);
    stub_to_host(a);
    stub_call_c(a, (uintptr_t)wt_native_stop);
    stub_store_of_instance(a);
    x64_rr(a, X64_test_mr, 1, X64_rax, X64_rax);
    uint8_t *landed = x64_jcc8(a, X64_ne);
    x64_rr(a, X64_xor_rm, 4, X64_rax, X64_rax);
    x64_patch(x64_jmp(a), leave);
    x64_patch8(landed, a->at);
    stub_load(a, X64_rbp, X64_r11, CTX(land_fp));
    stub_load(a, X64_r14, X64_rbp, -8);
    stub_load(a, X64_r15, X64_r14, IN(mem_base));
    x64_m(a, X64_jmp_m, 8, x64_at(X64_r11, CTX(land_pc)));
}

/* eax: number of the helper; edx, rcx: its immediates; operands behind the return address. */
static void stub_helper(X64Asm *a, const uint8_t *trap) {
    stub_store_of_instance(a);
    x64_rm(a, X64_lea, 8, X64_rsi, x64_at(X64_rsp, 8));
    x64_ri(a, X64_sub_mi, 8, X64_rsp, STUB_kept_bytes);
    stub_keep(a, 0, false);
    x64_rr(a, X64_mov_rm, 8, X64_rdi, X64_r14);
    stub_store(a, X64_r11, CTX(helper_fp), X64_rbp);
    stub_to_host(a);
    stub_load(a, X64_r11, X64_r11, CTX(helpers));
    x64_m(a, X64_call_m, 8, x64_at_index(X64_r11, X64_rax, 3, 0));
    stub_from_host(a);
    stub_keep(a, 0, true);
    x64_ri(a, X64_add_mi, 8, X64_rsp, STUB_kept_bytes);
    x64_rr(a, X64_test_mr, 4, X64_rax, X64_rax);
    uint8_t *bad = x64_jcc8(a, X64_ne);
    x64_n(a, X64_ret, 0);
    x64_patch8(bad, a->at);
    x64_patch(x64_jmp(a), trap);
}

/* On the stack the number of the function, then the return address of whoever calls it. */
static void stub_lazy(X64Asm *a, const uint8_t *trap) {
    enum { ARGS = LAZY_args_bytes };
    x64_ri(a, X64_sub_mi, 8, X64_rsp, ARGS + STUB_kept_bytes);
    stub_keep(a, ARGS, false);
    stub_move_args(a, X64_rsp, 0, false);
    x64_rr(a, X64_mov_rm, 8, X64_rdi, X64_r14);
    x64_rm(a, X64_mov_rm, 4, X64_rsi, x64_at(X64_rsp, ARGS + STUB_kept_bytes));
    stub_store_of_instance(a);
    stub_to_host(a);
    stub_call_c(a, (uintptr_t)wt_native_compile);
    stub_from_host(a);
    stub_keep(a, ARGS, true);
    x64_rr(a, X64_mov_rm, 8, X64_r11, X64_rax);
    stub_move_args(a, X64_rsp, 0, true);
    x64_rm(a, X64_lea, 8, X64_rsp, x64_at(X64_rsp, ARGS + STUB_kept_bytes + 8));
    x64_rr(a, X64_test_mr, 8, X64_r11, X64_r11);
    uint8_t *none = x64_jcc8(a, X64_e);
    x64_r(a, X64_jmp_m, 8, X64_r11);
    x64_patch8(none, a->at);
    stub_store_of_instance(a);
    x64_rm(a, X64_mov_rm, 4, X64_rax, x64_at(X64_r11, CTX(failure)));
    x64_patch(x64_jmp(a), trap);
}

/* r11: a function of wasm, perhaps in another instance. */
static void stub_cross(X64Asm *a) {
    stub_load(a, X64_r14, X64_r11, offsetof(FuncInst, instance));
    stub_load(a, X64_r15, X64_r14, IN(mem_base));
    stub_load(a, X64_r11, X64_r11, offsetof(FuncInst, code));
    x64_m(a, X64_jmp_m, 8, x64_at(X64_r11, offsetof(FuncCode, native)));
}

/* r11: a function of the host. */
static void stub_host(X64Asm *a, const uint8_t *trap) {
    enum { CALL_bytes = HOST_call_bytes, TOTAL = CALL_bytes + STUB_kept_bytes };
    x64_ri(a, X64_sub_mi, 8, X64_rsp, TOTAL);
    stub_keep(a, CALL_bytes, false);
    stub_move_args(a, X64_rsp, CALL(ints), false);
    x64_rm(a, X64_lea, 8, X64_rax, x64_at(X64_rsp, TOTAL + 8));
    stub_store(a, X64_rsp, CALL(stack), X64_rax);
    x64_rr(a, X64_mov_rm, 8, X64_rdi, X64_r14);
    x64_rr(a, X64_mov_rm, 8, X64_rsi, X64_r11);
    x64_rr(a, X64_mov_rm, 8, X64_rdx, X64_rsp);
    stub_store_of_instance(a);
    stub_to_host(a);
    stub_call_c(a, (uintptr_t)wt_native_host_call);
    stub_from_host(a);
    stub_keep(a, CALL_bytes, true);
    x64_rr(a, X64_test_mr, 1, X64_rax, X64_rax);
    uint8_t *bad = x64_jcc8(a, X64_e);
    stub_load(a, X64_rax, X64_rsp, CALL(ints));
    stub_load(a, X64_rdx, X64_rsp, CALL(ints) + 8);
    x64_rm(a, X64_movups_rm, 0, 0, x64_at(X64_rsp, CALL(floats)));
    x64_rm(a, X64_movups_rm, 0, 1, x64_at(X64_rsp, CALL(floats) + 16));
    stub_load(a, X64_rcx, X64_rsp, CALL(stack_args));
    x64_ri(a, X64_add_mi, 8, X64_rsp, TOTAL);
    x64_rr(a, X64_test_mr, 8, X64_rcx, X64_rcx);
    uint8_t *more = x64_jcc8(a, X64_ne);
    x64_n(a, X64_ret, 0);
    x64_patch8(more, a->at);
    stub_load(a, X64_r11, X64_rsp, 0);
    x64_rm(a, X64_lea, 8, X64_rsp, x64_at_index(X64_rsp, X64_rcx, 3, 8));
    x64_r(a, X64_jmp_m, 8, X64_r11);
    x64_patch8(bad, a->at);
    x64_ri(a, X64_add_mi, 8, X64_rsp, TOTAL);
    x64_rr(a, X64_xor_rm, 4, X64_rax, X64_rax); /* the store knows why */
    x64_patch(x64_jmp(a), trap);
}

/* r11: a function of the host whose type has TypeInfo.ints. Without a C function in between: the
   arguments are cleared by masks and lie, as Values, on the thread's stack; behind them the result
   and the Caller. rbx, r12, r13: the function, the store, wasm's stack. */
_Static_assert(WT_COUNT(stub_args) == TYPE_ints, "stub_ints");
static void stub_ints(X64Asm *a, const uint8_t *trap) {
    enum { MASKS = offsetof(HostInst, masks), RESULT = TYPE_ints * 8, CALLER = RESULT + 8 };
    x64_ri(a, X64_sub_mi, 8, X64_rsp, STUB_kept_bytes);
    stub_keep(a, 0, false);
    x64_rr(a, X64_mov_rm, 8, X64_rbx, X64_r11);
    stub_load(a, X64_r12, X64_r14, IN(store));
    x64_rr(a, X64_mov_rm, 8, X64_r13, X64_rsp);
    stub_store(a, X64_r12, CTX(wasm_sp), X64_rsp);
    stub_load(a, X64_rsp, X64_r12, CTX(host_sp));
    x64_ri(a, X64_sub_mi, 8, X64_rsp, INTS_bytes);
    for (int32_t i = 0; i < TYPE_ints; i++) {
        x64_rm(a, X64_and_rm, 8, stub_args[i], x64_at(X64_rbx, MASKS + i * 8));
        stub_store(a, X64_rsp, i * 8, stub_args[i]);
    }
    x64_mi(a, X64_mov_mi, 8, x64_at(X64_rsp, RESULT), 0);
    stub_store(a, X64_rsp, CALLER + (int32_t)offsetof(Caller, store), X64_r12);
    stub_store(a, X64_rsp, CALLER + (int32_t)offsetof(Caller, instance), X64_r14);
    stub_load(a, X64_rdi, X64_rbx, offsetof(FuncInst, user));
    x64_rm(a, X64_lea, 8, X64_rsi, x64_at(X64_rsp, CALLER));
    x64_rr(a, X64_mov_rm, 8, X64_rdx, X64_rsp);
    x64_rm(a, X64_lea, 8, X64_rcx, x64_at(X64_rsp, RESULT));
    x64_m(a, X64_call_m, 8, x64_at(X64_rbx, offsetof(FuncInst, host)));
    x64_rr(a, X64_test_mr, 1, X64_rax, X64_rax);
    uint8_t *bad = x64_jcc8(a, X64_e);
    /* In halves: a load waits for a store of the host that was shorter. */
    x64_rm(a, X64_mov_rm, 4, X64_rax, x64_at(X64_rsp, RESULT));
    x64_rm(a, X64_mov_rm, 4, X64_rcx, x64_at(X64_rsp, RESULT + 4));
    x64_ri(a, X64_shl_mi, 8, X64_rcx, 32);
    x64_rr(a, X64_or_rm, 8, X64_rax, X64_rcx);
    x64_rm(a, X64_and_rm, 8, X64_rax, x64_at(X64_rbx, (int32_t)offsetof(HostInst, result_mask)));
    x64_rr(a, X64_mov_rm, 8, X64_rsp, X64_r13);
    stub_keep(a, 0, true);
    x64_ri(a, X64_add_mi, 8, X64_rsp, STUB_kept_bytes);
    x64_n(a, X64_ret, 0);
    x64_patch8(bad, a->at);
    x64_rr(a, X64_mov_rm, 8, X64_rdi, X64_r12);
    stub_call_c(a, (uintptr_t)wt_native_host_failed);
    x64_rr(a, X64_mov_rm, 8, X64_rsp, X64_r13);
    stub_keep(a, 0, true);
    x64_ri(a, X64_add_mi, 8, X64_rsp, STUB_kept_bytes);
    x64_rr(a, X64_xor_rm, 4, X64_rax, X64_rax);
    x64_patch(x64_jmp(a), trap);
}

/* The same for one with HostInst.direct, with an entry for each number of arguments. They are put
   below wasm's stack, where a signal leaves 128 bytes alone, and stay there. C keeps rbx, r12 and
   r13: they are only stored, for the collector. Nobody is told of it: see wt_store_function. */
static void stub_direct(X64Asm *a, const uint8_t *trap, NativeContext *n, const uint8_t *write,
                        const uint8_t *run) {
    enum {
        ARGS_bytes = TYPE_ints * 8,
        FRAME = STUB_kept_bytes + ARGS_bytes,
        RESULT = 0,
        CALLER = 8,
        FUNC = CALLER + (int)sizeof(Caller),
        HOST_bytes = (FUNC + 8 + 15) & ~15,
        MASK = offsetof(HostInst, result_mask),
    };
    for (int32_t i = TYPE_ints; i-- > 0;) {
        n->direct[i + 1] = run + (a->at - write);
        x64_rm(a, X64_and_rm, 8, stub_args[i],
               x64_at(X64_r11, (int32_t)offsetof(HostInst, masks) + i * 8));
        stub_store(a, X64_rsp, i * 8 - ARGS_bytes, stub_args[i]);
    }
    n->direct[0] = run + (a->at - write);
    x64_ri(a, X64_sub_mi, 8, X64_rsp, FRAME);
    stub_keep(a, 0, false);
    x64_rm(a, X64_lea, 8, X64_rdx, x64_at(X64_rsp, STUB_kept_bytes));
    stub_load(a, X64_r8, X64_r14, IN(store));
    stub_store(a, X64_r8, CTX(wasm_sp), X64_rsp);
    stub_load(a, X64_rsp, X64_r8, CTX(host_sp));
    x64_ri(a, X64_sub_mi, 8, X64_rsp, HOST_bytes);
    x64_mi(a, X64_mov_mi, 8, x64_at(X64_rsp, RESULT), 0);
    stub_store(a, X64_rsp, CALLER + (int32_t)offsetof(Caller, store), X64_r8);
    stub_store(a, X64_rsp, CALLER + (int32_t)offsetof(Caller, instance), X64_r14);
    stub_store(a, X64_rsp, FUNC, X64_r11);
    stub_load(a, X64_rdi, X64_r11, offsetof(HostInst, direct_user));
    x64_rm(a, X64_lea, 8, X64_rsi, x64_at(X64_rsp, CALLER));
    x64_rr(a, X64_mov_rm, 8, X64_rcx, X64_rsp);
    x64_m(a, X64_call_m, 8, x64_at(X64_r11, offsetof(HostInst, direct)));
    stub_load(a, X64_r8, X64_r14, IN(store));
    x64_rr(a, X64_mov_rm, 4, X64_rsi, X64_rax);
    x64_rm(a, X64_or_rm, 4, X64_rax, x64_at(X64_r8, (int32_t)offsetof(Store, trap.code)));
    uint8_t *bad = x64_jcc(a, X64_ne);
    const uint8_t *well = a->at;
    /* Half of it, if only that was written: a longer load would wait. */
    stub_load(a, X64_r11, X64_rsp, FUNC);
    x64_rm(a, X64_mov_rm, 4, X64_rax, x64_at(X64_rsp, RESULT));
    x64_mi(a, X64_cmp_mi, 4, x64_at(X64_r11, MASK + 4), 0);
    uint8_t *half = x64_jcc8(a, X64_e);
    stub_load(a, X64_rax, X64_rsp, RESULT);
    x64_patch8(half, a->at);
    stub_load(a, X64_rsp, X64_r8, CTX(wasm_sp));
    stub_restore(a, FRAME);
    x64_n(a, X64_ret, 0);
    x64_patch(bad, a->at);
    x64_rr(a, X64_mov_rm, 8, X64_rdi, X64_r8);
    stub_call_c(a, (uintptr_t)wt_native_host_ended);
    stub_load(a, X64_r8, X64_r14, IN(store));
    x64_rr(a, X64_test_mr, 1, X64_rax, X64_rax);
    x64_patch(x64_jcc(a, X64_ne), well);
    stub_load(a, X64_rsp, X64_r8, CTX(wasm_sp));
    stub_restore(a, FRAME);
    x64_rr(a, X64_xor_rm, 4, X64_rax, X64_rax);
    x64_patch(x64_jmp(a), trap);
}

size_t wt_x64_store_stubs(Store *s, const CodePart *memory) {
    /* Sanitizers look in front of a function that is called through a pointer. */
    enum { FRONT = 64 };
    uint8_t *write = codepart_write(memory, 0);
    memset(write, 0xCC, FRONT);
    X64Asm a = {write + FRONT};
    NativeContext *n = &s->native;
    const uint8_t *run = memory->run;
#define STUB_HERE() (run + (a.at - write))
    n->enter = STUB_HERE();
    const uint8_t *leave = stub_enter(&a);
    n->enter_ints = STUB_HERE(); /* told as a part of that */
    stub_enter_ints(&a);
    const uint8_t *trap = a.at;
    n->trap = STUB_HERE();
    stub_trap(&a, leave);
    n->helper = STUB_HERE();
    stub_helper(&a, trap);
    n->lazy = STUB_HERE();
    stub_lazy(&a, trap);
    n->cross = STUB_HERE();
    stub_cross(&a);
    n->host = STUB_HERE();
    stub_host(&a, trap);
    n->ints = STUB_HERE();
    stub_ints(&a, trap);
    stub_direct(&a, trap, n, write, run);
#undef STUB_HERE
    assert((size_t)(a.at - write) <= memory->size);
    wt_os_code_flush(run, (size_t)(a.at - write));
    return (size_t)(a.at - write);
}

/* ---- the head of a segment ---- */

const uint8_t *wt_x64_stub(const Segment *seg, NativeStub stub) {
    return seg->memory.run + stub * X64_stub_bytes;
}
const uint8_t *wt_x64_entry(const Segment *seg, uint32_t defined) {
    return seg->memory.run + X64_head_bytes + (size_t)defined * X64_entry_bytes;
}

size_t wt_x64_segment_head(const Segment *seg, uint32_t defined) {
    static const int32_t fields[STUB_count] = {CTX(lazy), CTX(helper), CTX(trap)};
    uint8_t *write = codepart_write(&seg->memory, 0), *p = write;
    X64Asm a;
    for (unsigned i = 0; i < STUB_count; i++, p += X64_stub_bytes) {
        a.at = p;
        stub_store_of_instance(&a);
        x64_m(&a, X64_jmp_m, 8, x64_at(X64_r11, fields[i]));
    }
    uint8_t *lazy = write + STUB_lazy * X64_stub_bytes;
    for (uint32_t i = 0; i < defined; i++, p += X64_entry_bytes) {
        *p = 0x68; /* push imm32, always the long form: all entries are alike */
        memcpy(p + 1, &i, sizeof i);
        a.at = p + 5;
        x64_patch(x64_jmp(&a), lazy);
    }
    return (size_t)(p - write);
}

/* ---- for debuggers ---- */

/* Numbers of DWARF's registers. */
enum { DW_rbx = 3, DW_rbp = 6, DW_rsp = 7, DW_r12 = 12, DW_r13, DW_r14, DW_r15 };
enum {
    DW_CFA_advance_loc = 0x40,
    DW_CFA_offset = 0x80,
    DW_CFA_def_cfa = 0x0C,
    DW_CFA_def_cfa_register = 0x0D,
    DW_CFA_def_cfa_offset = 0x0E,
    DW_CFA_def_cfa_expression = 0x0F,
    DW_OP_deref = 0x06,
    DW_OP_dup = 0x12,
    DW_OP_drop = 0x13,
    DW_OP_swap = 0x16,
    DW_OP_plus_uconst = 0x23,
    DW_OP_bra = 0x28,
    DW_OP_eq = 0x29,
    DW_OP_ge = 0x2A,
    DW_OP_skip = 0x2F,
    DW_OP_breg0 = 0x70,
};

static void dw_register_at(Buf *b, unsigned reg, unsigned words) {
    buf_u8(b, (uint8_t)(DW_CFA_offset + reg));
    buf_u8(b, (uint8_t)words); /* below the CFA */
}
static void dw_breg(Buf *e, unsigned reg, int64_t offset) {
    buf_u8(e, (uint8_t)(DW_OP_breg0 + reg));
    buf_s64leb(e, offset);
}
static void dw_plus(Buf *e, uint64_t n) {
    buf_u8(e, DW_OP_plus_uconst);
    buf_u64leb(e, n);
}
static void dw_field(Buf *e, uint64_t at) {
    dw_plus(e, at);
    buf_u8(e, DW_OP_deref);
}
/* A jump back to `to`. */
static void dw_skip_to(Buf *e, size_t to) {
    buf_u8(e, DW_OP_skip);
    int distance = (int)to - (int)(e->len + 2);
    buf_u8(e, (uint8_t)distance);
    buf_u8(e, (uint8_t)(distance >> 8));
}
/* A jump forwards, taken when the top is not 0; where its distance is. */
static size_t dw_bra(Buf *e) {
    buf_u8(e, DW_OP_bra);
    buf_u8(e, 0);
    buf_u8(e, 0);
    return e->len;
}
static void dw_lands(Buf *e, size_t bra) {
    if (!e->failed)
        e->data[bra - 2] = (uint8_t)(e->len - bra);
}

/* Where wasm's stack stood when the gate left it, plus `bytes`: the field of the store, or, if the
   host has entered wasm again, what that entry kept of it. rsp tells which; the gate has taken
   `host_bytes` of the thread's stack. */
static void dw_gate(Buf *e, uint64_t bytes, int64_t host_bytes) {
    dw_breg(e, DW_r14, IN(store));
    buf_u8(e, DW_OP_deref);
    buf_u8(e, DW_OP_dup);
    dw_field(e, CTX(wasm_sp));
    buf_u8(e, DW_OP_swap);
    dw_field(e, CTX(host_sp));
    size_t again = e->len; /* the stack: wasm_sp, host_sp */
    buf_u8(e, DW_OP_dup);
    dw_breg(e, DW_rsp, host_bytes);
    buf_u8(e, DW_OP_eq);
    size_t found = dw_bra(e);
    buf_u8(e, DW_OP_swap);
    buf_u8(e, DW_OP_drop);
    buf_u8(e, DW_OP_dup);
    dw_field(e, 8);
    buf_u8(e, DW_OP_swap);
    dw_field(e, 16);
    dw_skip_to(e, again);
    dw_lands(e, found);
    buf_u8(e, DW_OP_drop);
    dw_plus(e, bytes);
}

/* The same from wasm to the thread's stack: the innermost entry that began above rsp. */
static void dw_enter(Buf *e) {
    dw_breg(e, DW_r14, IN(store));
    buf_u8(e, DW_OP_deref);
    dw_field(e, CTX(host_sp));
    size_t again = e->len;
    buf_u8(e, DW_OP_dup);
    dw_field(e, 8);
    dw_breg(e, DW_rsp, 0);
    buf_u8(e, DW_OP_ge);
    size_t found = dw_bra(e);
    dw_field(e, 16);
    dw_skip_to(e, again);
    dw_lands(e, found);
    dw_plus(e, (3 + sizeof stub_c_saved + 1) * 8);
}

static void dw_expression(Buf *out, StubKind stub) {
    Buf e;
    wt_buf_init(&e, out->allocator);
    switch (stub) {
    case STUBKIND_enter:
        dw_enter(&e);
        break;
    case STUBKIND_trap:
        dw_gate(&e, 8, 0);
        break;
    case STUBKIND_helper:
        dw_gate(&e, STUB_kept_bytes + 8, 0);
        break;
    case STUBKIND_lazy:
        dw_gate(&e, LAZY_args_bytes + STUB_kept_bytes + 16, 0);
        break;
    case STUBKIND_host:
        dw_gate(&e, HOST_call_bytes + STUB_kept_bytes + 8, 0);
        break;
    case STUBKIND_ints:
        dw_gate(&e, STUB_kept_bytes + 8, INTS_bytes);
        break;
    case STUBKIND_function:
    case STUBKIND_cross:
    case STUBKIND_head:
    case STUBKIND_count:
        break;
    }
    buf_u8(out, DW_CFA_def_cfa_expression);
    buf_u64leb(out, e.len);
    buf_bytes(out, e.data, e.len);
    out->failed |= e.failed;
    wt_buf_free(&e);
}

/* Right where a function has called another, and in the first instructions of functions; in stubs
   where they have called C. r14 is that of the callee: its store is the same. */
void wt_x64_unwind(StubKind stub, Buf *out) {
    bool plain = stub == STUBKIND_function || stub == STUBKIND_cross || stub == STUBKIND_head;
    if (plain) {
        buf_u8(out, DW_CFA_def_cfa);
        buf_u8(out, DW_rsp);
        buf_u8(out, 8);
    } else {
        dw_expression(out, stub);
    }
    dw_register_at(out, 16, 1);
    if (stub == STUBKIND_function) {
        buf_u8(out, DW_CFA_advance_loc + 1); /* push rbp */
        buf_u8(out, DW_CFA_def_cfa_offset);
        buf_u8(out, 16);
        dw_register_at(out, DW_rbp, 2);
        buf_u8(out, DW_CFA_advance_loc + 3); /* mov rbp, rsp */
        buf_u8(out, DW_CFA_def_cfa_register);
        buf_u8(out, DW_rbp);
        dw_register_at(out, DW_r14, 3);
    } else if (stub == STUBKIND_enter) {
        static const uint8_t saved[] = {DW_rbp, DW_rbx, DW_r12, DW_r13, DW_r14, DW_r15};
        for (unsigned i = 0; i < sizeof saved; i++)
            dw_register_at(out, saved[i], i + 2);
    }
}
