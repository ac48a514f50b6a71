/* Native code: how it is kept, entered and left. No machine is named here.

   All code of a module in a store lies in one Segment (codespace.h), which has read-write slots:
   one for each function, the address that a direct call goes to, one for each type, the id that the
   store knows it by, and one for the address below which no frame may begin. It is
   position-independent, holds nothing that differs from one store to another, and reaches
   everything else through the instance (register) and the store (its field). A function is compiled
   when it is first called: until then its slot leads to a small stub that says which it is.

   Wasm frames lie on the store's own stack, from its end downwards; host functions and helpers run
   on the stack of the thread. The frame, in words from the frame pointer:
       +2 ..   arguments that found no register, then results that found none
       +1, 0   return address, frame pointer of the caller (0: the host called)
       -1      the instance
       below   saved registers, locals and operands, and what is passed on
   Read next: target.h, then native.c. */
#ifndef WATTLE_JIT_NATIVE_H
#define WATTLE_JIT_NATIVE_H

#include "jit/codespace.h"
#include "jit/cpu.h"
#include "jit/helpers.h"
#include "run/instance.h"
#include "run/tries.h"

/* Where exceptions land; a range is in bytes of the function's code (run/tries.h), a landing is one
   handler. */
typedef struct NativeLanding {
    uint32_t tag;    /* index, or TRY_none: all */
    uint32_t values; /* into NativeTries.places: of the first value */
    int32_t ref;     /* from the frame pointer, where the reference goes; 0: nowhere */
    uint32_t target; /* bytes of the function's code */
    uint32_t next;   /* landing of the same try */
} NativeLanding;
typedef struct NativeTries {
    uint32_t range_count, landing_count, place_count;
    const TryRange *ranges;
    const NativeLanding *landings;
    const int32_t *places; /* of values, from the frame pointer */
} NativeTries;

enum {
    NATIVE_spare_slots = 8192, /* of a stack: for signals, stubs, and frames nobody checks */
};

typedef struct NativeFunc {
    uint32_t start, size; /* bytes of the segment */
    uint32_t defined;     /* number among the module's own functions */
    uint32_t constants;   /* bytes at the end that are no instructions */
} NativeFunc;

typedef struct Cwat Cwat; /* cwat.h */
typedef struct CwatWriter CwatWriter;

/* The code of a module in a store. */
typedef struct Segment {
    CodePart memory;   /* its data: the slots */
    NativeFunc *funcs; /* what is compiled, in the order of its addresses */
    size_t func_count, func_cap;
    const Cwat *cwat; /* whose code stands at the front; NULL: none */
    uint32_t linked;  /* functions of that which have been called */
    Code *code;
    uint32_t features; /* what code may use of the processor: the machine's bits */
    bool helped;       /* accesses of some memory may call helpers */
    bool checks;       /* every access is compared with the length: no faults */
    bool guarded;      /* pages behind memory 0 catch what is out of bounds: it never moves */
} Segment;

/* Pages behind the memory catch what is out of bounds: it never moves. */
WT_INLINE bool native_guarded(const Segment *seg, uint32_t memidx) {
    const Limits *l = &seg->code->module->memories[memidx].limits;
    return !seg->checks && !l->is64 && l->page_log2 == 16;
}

/* What a displacement in fresh code refers to; it is four bytes, and counts from their end. */
typedef enum RelocKind {
    RELOC_slot,   /* of a function */
    RELOC_type,   /* the slot of a type's id */
    RELOC_limit,  /* the slot of the stack's limit */
    RELOC_stub,   /* reloc_of_stub */
    RELOC_import, /* nothing is to be done, but the instruction that ends here loads this function
                   */
    RELOC_self,   /* nor here: a call of the function itself, by its index in the module */
} RelocKind;
typedef struct CodeReloc {
    uint32_t at;
    uint32_t kind, index;
} CodeReloc;

/* Stubs at the head of a segment. */
typedef enum NativeStub {
    STUB_lazy,   /* compiles the function whose number is in a register */
    STUB_helper, /* calls a helper */
    STUB_trap,
    STUB_count,
} NativeStub;

/* RELOC_stub: which, and what for: the helper's number, the TrapCode (0: the store knows). */
WT_INLINE uint32_t reloc_of_stub(NativeStub stub, uint32_t what) { return stub | what << 8; }
WT_INLINE NativeStub reloc_stub(const CodeReloc *r) { return (NativeStub)(r->index & 0xFF); }
WT_INLINE uint32_t reloc_what(const CodeReloc *r) { return r->index >> 8; }

/* What StoreMaker is told of stubs: MadeCode.stub. */
typedef enum StubKind {
    STUBKIND_function, /* none */
    STUBKIND_enter,
    STUBKIND_trap,
    STUBKIND_helper,
    STUBKIND_lazy,
    STUBKIND_cross,
    STUBKIND_host,
    STUBKIND_ints, /* the same for whole numbers in registers */
    STUBKIND_head, /* those in front of a module's code: they only jump */
    STUBKIND_count,
} StubKind;

/* The memory of compilations, one for each store. */
typedef struct Native {
    const struct NativeMachine *machine;
    uint32_t features; /* of this processor: the machine's bits */
    bool noting;       /* `notes` are wanted */
    bool stubs_told;   /* those of the store, to its maker */
    CodeSpace *spaces; /* where code is; the newest first */
    CodePart stubs;    /* of the store */
    uint8_t over[256]; /* how the survey of a body gets over each instruction */
    bool over_known;
    uint8_t *buffer;
    size_t buffer_cap;
    void *items, *controls, *locals;
    size_t item_cap, control_cap, local_cap;
    CodeReloc *relocs;
    size_t reloc_cap;
    TryRange *ranges;
    NativeLanding *landings;
    int32_t *places;
    uint32_t *weights; /* WEIGHTS, all zero between functions, and a list of those that are not */
    struct LocalGroup *groups; /* see BaseLocal */
    uint32_t *known;
    struct ColdSite *cold;
    CodeNote *notes;
    struct PoolConst *pool;
    size_t range_cap, landing_cap, place_cap, weight_cap, group_cap, known_cap, cold_cap, note_cap,
        pool_cap;
} Native;

/* A compiled function, to be put in its place: lent by the Native until it compiles again. */
typedef struct Compiled {
    const uint8_t *code;
    const CodeReloc *relocs;
    const TryRange *ranges;
    const NativeLanding *landings;
    const int32_t *places;
    const CodeNote *notes;
    uint32_t size;
    uint32_t reloc_count;
    uint32_t range_count, landing_count, place_count;
    uint32_t note_count;
    uint32_t constants; /* bytes at the end that are no instructions */
    bool unable;        /* it has an instruction that this tier does not */
} Compiled;

/* Registers that carry arguments and results over the gate between C and wasm, and what found none.
   The machine's stubs know the layout. */
typedef struct NativeCall {
    /* The first fields are at fixed places: x64/stubs.c. */
    uint64_t ints[6];
    uint64_t floats[8][2];
    uint64_t *stack; /* arguments, then results */
    uint64_t stack_args, stack_words;
    const void *entry;
    Instance *instance;
    uint64_t floats_used; /* 0: no argument is in `floats` */
} NativeCall;

typedef struct NativeMachine {
    const char *name;
    unsigned elf;          /* its number in ELF */
    unsigned dwarf_return; /* where the return address is, as DWARF numbers registers */
    /* Writes DWARF's instructions to find the caller of a function, or of a stub. */
    void (*unwind)(StubKind stub, Buf *out);
    uint32_t int_args, float_args, int_results, float_results;
    unsigned instance_reg, result_reg; /* of OsFault.regs; the stub of traps takes its code there */
    const CpuNames *cpu;
    /* What this processor has, and the store does not want to do without (StoreLimits). */
    uint32_t (*features)(uint64_t without);
    size_t stubs_bytes; /* at most */
    /* Writes the stubs of a store in the order of StubKind, and their addresses
       into s->native. Answers the size. */
    size_t (*store_stubs)(Store *s, const CodePart *memory);
    /* The head of a segment: stubs and one entry for each function that is not compiled yet.
       Answers the size. */
    size_t (*segment_head)(const Segment *seg, uint32_t defined);
    size_t head_bytes, entry_bytes; /* of it: stubs, and of each function */
    /* Compiles. search not NULL: finds the wasm instruction whose code holds the byte `search`
       instead: its offset, or TRAP_no_offset, is in *found. false: out of memory. */
    bool (*compile)(Native *n, Segment *seg, FuncCode *fc, Compiled *out, const uint32_t *search,
                    uint32_t *found);
    /* What `compile` keeps in Native. */
    void (*free_rooms)(Native *n, const Allocator *al);
    /* Writes the instruction at the start of `code` as text, as wt_x64_dis does; NULL: only for
       listings. */
    size_t (*disassemble)(const uint8_t *code, size_t len, uint64_t address, Buf *out);
    /* A stub's address in a segment, and of the entry that compiles a function. */
    const uint8_t *(*stub)(const Segment *seg, NativeStub stub);
    const uint8_t *(*entry)(const Segment *seg, uint32_t defined);
} NativeMachine;

/* What stands in the data of a segment's part: the stack's limit, the functions, then all ids of
   types. */
WT_INLINE size_t native_slots_size(uint32_t defined, uint32_t types) {
    return ((size_t)defined + 1) * sizeof(void *) + (size_t)types * sizeof(uint32_t);
}

WT_INLINE Native *store_native(const Store *s) { return s->tier_state; }
WT_INLINE Segment *code_segment(const Code *c) { return c->tier_data; }

/* Puts a function in its place, where it is called from now on. NULL: out of memory. */
const void *wt_native_place(Segment *seg, uint32_t defined, const Compiled *out);
/* The function as the file in front of the segment has it; NULL: it has not. */
const void *wt_native_link(Segment *seg, uint32_t defined);
/* eager.c: compiles all functions that are not there yet, on up to `threads` threads; the code is
   the same with any number of them. Functions with instructions that this tier does not have stay
   to trap when they are called. writer: of a file that it is written into meanwhile, or NULL.
   false: out of memory, or the file cannot be written. */
bool wt_native_compile_all(Code *c, unsigned threads, CwatWriter *writer);

/* Called by the machine's stubs, on the stack of the thread. */
const void *wt_native_compile(Instance *in, uint32_t defined); /* NULL: out of memory */
bool wt_native_host_call(Instance *caller, FuncInst *f, NativeCall *call);
/* What is called for a type with TypeInfo.ints failed: there is a trap afterwards. */
void wt_native_host_failed(Store *s);
/* A HostDirectFn did not end well. true: it did. */
bool wt_native_host_ended(Store *s, int status);
/* Something stopped the code before `pc` (a return address) in the frame. true: a handler takes it,
   and control goes to native.land_pc in the frame native.land_fp. */
bool wt_native_stop(Instance *in, uint32_t code, const uint8_t *pc, const uintptr_t *fp,
                    uint64_t detail);

/* A segment without code, as the code's tier_data. NULL: out of memory. */
Segment *wt_native_segment(Code *c, bool checks);

/* A Tier of the machine is made of these (x64/target.c). */
bool wt_native_attach(Store *s, const NativeMachine *machine);
void wt_native_detach(Store *s);
bool wt_native_load(Code *code);
bool wt_native_call(Store *s, FuncInst *f, Value *frame);
bool wt_native_call_ints(Store *s, const FuncInst *f, const Value *args, Value *results);
bool wt_native_admit(Instance *in);
void wt_native_roots(Store *s, Heap *h);

#endif
