/* The store: everything that runs. It owns memories, tables, functions, instances, the stack that
   wasm frames live on, and the trap of the last failed call. One thread at a time; modules must
   outlive the store. The spec: "Store" (4.2.4).

   Read this first, then code.h (a module made ready to run), instance.h, link.h, call.h. */
#ifndef WATTLE_RUN_STORE_H
#define WATTLE_RUN_STORE_H

#include "gc/heap.h"
#include "run/trap.h"
#include "run/types.h"

#include <stdatomic.h>

/* A value in 64 bits: i32 and f32 bits with the upper half zero, i64 and f64 bits. A v128 takes two
   Values, the low half first. A funcref is a FuncInst pointer, every other reference a 32-bit
   reference into the store's heap (object.h); 0 is null. */
typedef uint64_t Value;
/* trap.c: as text; a reference is "ref" or "null". */
void wt_trap_put_value(ValType type, const Value *v, Buf *b);

WT_INLINE Value value_i32(uint32_t v) { return v; }
WT_INLINE uint32_t value_to_i32(Value v) { return (uint32_t)v; }
WT_INLINE Value value_pointer(const void *p) { return (Value)(uintptr_t)p; }
WT_INLINE void *value_to_pointer(Value v) { return (void *)(uintptr_t)v; }

typedef struct Store Store;
typedef struct Code Code;
typedef struct Instance Instance;
typedef struct FuncCode FuncCode;
typedef struct FuncInst FuncInst;
typedef struct TableInst TableInst;
typedef struct MemInst MemInst;
typedef struct SharedMem SharedMem;

/* What a host function is told of its caller. instance is NULL when the host called it. */
typedef struct Caller {
    Store *store;
    Instance *instance;
} Caller;
/* Arguments and results by the slots of the type. false: a trap; set it with wt_trap_host or
   wt_trap_exit, else it is TRAP_host. The function may call back into wasm (call.h), may grow
   memories, and must take memory_view again after either. */
typedef bool (*HostFn)(void *user, Caller *caller, const Value *args, Value *results);

/* A function of the embedder as it is. Anything but 0, or a trap that was set meanwhile, is for
   StoreEmbedder.ended. */
typedef int HostDirectFn(void *user, Caller *caller, const Value *args, Value *results);

/* A function that a reference can point to. Made when first referred to, never moved or freed
   before the store. */
struct FuncInst {
    Instance *instance; /* NULL: a host function */
    const void *native; /* how machine code calls it (NativeContext.cross or .host) */
    uint32_t type_id;
    uint32_t funcidx; /* in the instance */
    union {
        FuncCode *code;
        HostFn host;
    };
    void *user;
};

/* A function of the host. The masks clear what machine code leaves in the upper half of 32-bit
   numbers, in functions whose type has TypeInfo.ints. */
typedef struct HostInst {
    FuncInst func;
    Value masks[TYPE_ints], result_mask;
    HostDirectFn *direct; /* what machine code calls in place of func.host; NULL: nothing */
    void *direct_user;
} HostInst;

struct TableInst {
    Value *elems;
    uint64_t len; /* elements */
    size_t size;  /* bytes held */
    ValType type; /* with type ids */
    Limits limits;
};

struct MemInst {
    SharedMem *shared; /* NULL: the bytes belong to this store alone */
    uint8_t *base;
    uint64_t len;    /* bytes; of a shared memory as this store last saw it: see memory_len */
    size_t size;     /* bytes held; 0 when shared */
    size_t reserved; /* address space at base that is its own: it never moves. 0: it may */
    Limits limits;
    Instance **users; /* whose memory 0 it is: they keep copies of base and len */
    size_t user_count, user_cap;
};

typedef struct TagInst {
    uint32_t type_id;
} TagInst;

/* A global by where its value is. */
typedef struct GlobalRef {
    Value *cell;
    ValType type; /* with type ids */
    bool mutable_;
} GlobalRef;

/* Anything that can be imported or exported. */
typedef struct Extern {
    ExternKind kind;
    union {
        FuncInst *func;
        TableInst *table;
        MemInst *memory;
        TagInst *tag;
        GlobalRef global;
    };
} Extern;

typedef struct StoreLimits {
    uint32_t stack_slots; /* 8 bytes each */
    uint32_t host_depth;  /* wasm -> host -> wasm -> ... */
    uint32_t instances, memories, tables;
    uint64_t memory_bytes; /* each memory */
    uint64_t memory_total; /* all of them; UINT64_MAX: no bound */
    uint64_t table_elems;  /* each table */
    uint64_t table_total;  /* all of them; UINT64_MAX: no bound */
    uint64_t heap_bytes;   /* objects; at most 2 GiB */
    bool heap_stress;      /* collect at every allocation and check the heap: for tests */
    bool deterministic;    /* every NaN that arithmetic makes is the positive canonical one */
    bool interruptible;    /* wt_store_interrupt has an effect (meter.h) */
    bool fuel;             /* code uses up Store.fuel (meter.h) */
    bool trace;            /* Store.tracer is told each instruction; much slower */
    bool hold;             /* Store.holder can hold a call before each instruction; slower still */
    unsigned eager;        /* threads that compile all functions when a module is loaded; 0: each is
                              compiled when it is called */
    bool keep_code; /* each module's machine code lies alone, so that it can be kept (jit/cwat.h) */
    bool code_file; /* machine code goes through the form of a .cwat file: for tests */
    struct MemPool *pool; /* where pages come from and go to (pool.h); NULL: the system */
    bool no_reserve;      /* no address space for memories beyond their length, whatever the tier */
    bool no_signals;      /* no signal handler: code compares addresses */
    uint64_t cpu_without; /* extensions of the processor that code does without (jit/cpu.h) */
} StoreLimits;
/* 1 Mi slots (8 MiB), 100 entries, each memory 2^46 bytes, each table 10 million elements, 1 GiB of
   objects; no other bound. */
StoreLimits wt_store_limits_default(void);

/* An instruction that a frame stands before; in frames but the innermost, the call that it waits
   for. */
typedef struct HeldFrame {
    const struct Instance *in;
    uint32_t funcidx, offset; /* in the code of the function */
    const uint32_t *pc;       /* the tier's */
    Value *fp;
} HeldFrame;

/* A call that is held: what it stands before, and where its arguments were. */
typedef struct HeldCall {
    HeldFrame at;
    Value *base;
} HeldCall;

/* What a tier can do with a call that was held. */
typedef struct TierHold {
    /* Goes on with Store.held, as Tier.call. */
    bool (*resume)(Store *s);
    /* The frame of the caller; NULL: the host. */
    Value *(*caller)(const Store *s, const Value *fp);
    /* Goes to the frame of the caller; false: the host. */
    bool (*outer)(Store *s, HeldFrame *f);
    /* Tells where each local is, then each operand. false: out of memory. */
    bool (*look)(Store *s, const HeldFrame *f,
                 void (*tell)(void *user, bool operand, const Value *at), void *user);
} TierHold;

/* How code is run; filled by api/wire.c. */
typedef struct Tier {
    const char *name;
    bool (*attach)(Store *s); /* state of its own in s->tier_state; false: out of memory */
    void (*detach)(Store *s);
    /* Prepares code->funcs so that each can be entered. */
    bool (*load)(Code *code);
    /* Calls a wasm function: arguments in frame[0..], results go there too. frame lies on the
       store's stack with room for both. false: s->trap. */
    bool (*call)(Store *s, FuncInst *f, Value *frame);
    /* The same for a type with TypeInfo.ints, without a frame; NULL: there is no such way. args and
       results may be the same. */
    bool (*call_ints)(Store *s, const FuncInst *f, const Value *args, Value *results);
    /* Whether the code fits an instance, whose imports are there; NULL: always. false: s->trap. */
    bool (*admit)(struct Instance *in);
    /* Marks what the frames refer to (object.h). NULL: they lie on the store's stack below
       heap_top. */
    void (*roots)(Store *s, Heap *h);
    /* 32-bit memories shall have all they can address behind them (MEMORY_reserve), so that code
       need not compare addresses: what is beyond the length faults. */
    bool reserve;
    uint32_t spare_slots; /* of the stack, beyond what the limits say */
} Tier;

/* What machine code reaches of its store (jit/native.h): all zero in stores of other tiers. */
typedef struct NativeContext {
    uintptr_t stack_limit; /* below this no frame may begin */
    uintptr_t host_sp;     /* the stack of the thread, of the innermost entry */
    uintptr_t wasm_sp;     /* where wasm's frames end while the host runs */
    uintptr_t land_pc, land_fp;
    uintptr_t helper_fp;                      /* the frame that called the helper */
    const void *enter, *lazy, *helper, *trap; /* stubs */
    const void *enter_ints;
    const void *cross, *host, *ints;   /* FuncInst.native */
    const void *direct[TYPE_ints + 1]; /* the same, by the number of arguments */
    const void *helpers;
    uint32_t failure; /* why there is no code: a TrapCode */
} NativeContext;

/* Objects the store owns, by kind. */
typedef struct StoreList {
    void **items;
    size_t count, cap;
} StoreList;

/* What the embedder keeps of the heap. */
typedef struct StoreEmbedder {
    /* Calls wt_gc_mark for every reference that it holds. */
    void (*roots)(void *user, Heap *h);
    /* A boxed word of the host is gone. Must not allocate objects. */
    void (*gone)(void *user, uint64_t word);
    /* What a HostDirectFn ended with. false: the trap is set. */
    bool (*ended)(void *user, int status);
    void *user;
} StoreEmbedder;

/* Who is told where the code stands, at the first poll after somebody asked. */
typedef struct StoreSampler {
    /* Innermost frame first; `in` is NULL behind the last. NULL: nobody. */
    void (*frame)(void *user, const struct Instance *in, uint32_t funcidx);
    void *user;
} StoreSampler;

/* An instruction that is about to run. */
typedef struct TracedInsn {
    uint32_t funcidx, offset; /* in the code of its function */
    const Value *operands;    /* in order, a v128 takes two; at most those that can be told */
    const ValType *types;
    uint32_t count;
} TracedInsn;

/* Who is told every instruction, in stores whose limits say so. */
typedef struct StoreTracer {
    void (*insn)(void *user, const struct Instance *in, const TracedInsn *insn); /* NULL: nobody */
    void *user;
} StoreTracer;

/* Who may hold the outermost call, in stores whose limits say so: asked before every instruction,
   also those that only shape the code, for which Store.held stands then. All operands are in their
   slots, and so they are when it has ended otherwise: there Store.held is the last. Held, the call
   fails with TRAP_held, its frames stay on the stack, and it goes on by wt_call_resume. Calls that
   host functions make are not told. Instantiation leaves the start function to the holder. */
typedef struct StoreHolder {
    bool (*holds)(void *user); /* NULL: nobody */
    void *user;
    uint32_t host_calls; /* that wasm has made */
} StoreHolder;

/* From here on machine code belongs to an instruction: its offset in the function's code; 0: to
   none, as the first byte there is never one. */
typedef struct CodeNote {
    uint32_t at, offset;
} CodeNote;

/* Machine code that a tier has made. */
typedef struct MadeCode {
    const void *address;
    size_t size;
    const char *name; /* of a stub */
    unsigned stub;    /* its kind, as the tier numbers them from 1; 0: a function */
    Code *code;       /* NULL: a stub */
    unsigned machine; /* the processor, as ELF numbers it */
    uint32_t funcidx;
    uint32_t note_count;
    const CodeNote *notes;
} MadeCode;

/* Who is told of it. */
typedef struct StoreMaker {
    void (*made)(void *user, const MadeCode *code); /* NULL: nobody */
    void *user;
    bool notes; /* with notes: compiling is slower */
} StoreMaker;

enum { METER_stop = 1, METER_sample = 2 };

struct Store {
    Allocator allocator;
    void *owner; /* what the embedder's side keeps about it (api/) */
    StoreLimits limits;
    const Tier *tier;
    void *tier_state;
    TypeTable types;
    Trap trap;
    Arena arena; /* functions and tags: small things that are never moved */
    StoreList codes, instances, tables, memories;

    Heap heap;
    Value *heap_top;        /* the stack is looked at for references up to here */
    Value exception;        /* thrown and not caught yet: TRAP_exception */
    StoreList traced_cells; /* globals of the host that hold references into the heap */
    StoreEmbedder embedder;

    /* The stack of wasm frames. */
    Value *stack, *stack_end;
    Value *stack_top;  /* where the next entry from the host may begin */
    size_t stack_size; /* bytes */
    uint32_t depth;    /* entries from the host that are active */

    NativeContext native;
    void (*tick)(
        void *user); /* where there are no threads: called by polls now and then, or NULL */
    void *tick_user;
    uint32_t ticks;        /* polls until then */
    atomic_uint interrupt; /* METER_stop: until the outermost call has ended by it; METER_sample */
    StoreSampler sampler;
    StoreTracer tracer;
    StoreHolder holder;
    HeldCall held;
    StoreMaker maker;
    uint64_t fuel; /* left */
};

/* NULL: out of memory. limits NULL: the defaults. */
Store *wt_store_new(const Allocator *allocator, const Tier *tier, const StoreLimits *limits);
void wt_store_free(Store *s);
/* Stops what runs, or the next call. The only function of a store that any thread, and a signal
   handler, may call at any time. */
void wt_store_interrupt(Store *s);
/* Tells the sampler at the next poll; from any thread too. */
void wt_store_sample(Store *s);

/* Objects of the host. NULL (or a NULL cell): out of memory or beyond the limits. Types name ids
   (none of the plain types does). */
FuncInst *wt_store_function(Store *s, uint32_t type_id, HostFn fn, void *user);
/* That function is `fn` too. */
void wt_store_direct(Store *s, FuncInst *f, HostDirectFn *fn, void *user);
GlobalRef wt_store_global(Store *s, ValType type, bool mutable_, const Value *value);

/* A growing list of pointers. */
bool wt_store_list_add(Store *s, StoreList *list, void *item);

/* Blocks that hold tables, memories and the stack: zeroed, small ones from the allocator, large
   ones in pages of their own. Grows from `size` (0: new) to at least `need`, keeps contents, zeroes
   the rest; NULL leaves the old block. *size becomes the bytes held. */
void *wt_store_block_grow(Store *s, void *p, size_t *size, size_t need);
void wt_store_block_free(Store *s, void *p, size_t size);

#endif
