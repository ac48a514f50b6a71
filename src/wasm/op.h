/* Instructions and features as numbers: the enums and tables made from ops.def and features.def. */
#ifndef WATTLE_WASM_OP_H
#define WATTLE_WASM_OP_H

#include "base/compiler.h"

/* Features: FEATURE_x is a bit number, FEATURE_BIT(x) the bit of a feature set. */
typedef enum Feature {
#define FEATURE(ident, name, version) FEATURE_##ident,
#include "wasm/features.def"
#undef FEATURE
    FEATURE_count,
    FEATURE_mvp = 63, /* what every module may use */
} Feature;
#define FEATURE_BIT(ident) ((uint64_t)1 << FEATURE_##ident)

/* 1, 2, 3, or these, in the version column of features.def. */
enum { FEATURE_FINISHED = 4, FEATURE_PROPOSAL = 5 };
const char *wt_feature_name(Feature f);
unsigned wt_feature_version(Feature f);
/* Wasm 3.0 and the finished proposals: what is on when nothing is said. */
uint64_t wt_feature_default(void);
uint64_t wt_feature_up_to(unsigned version);
/* A list such as "3.0,+threads,-simd", "all", "none", "default", "1.0", "2.0", "lime1". Plain names
   add. Returns false and the bad word when one is unknown. *set is the start value and the result.
 */
bool wt_feature_parse(Slice list, uint64_t *set, Slice *bad);

/* Immediates, in binary order; the fields of Insn (insn.h) they fill are named there. */
typedef enum Imm {
    IMM_NONE,
    IMM_BLOCK,     /* block type */
    IMM_TRY_TABLE, /* block type, catch clauses */
    IMM_LABEL,
    IMM_BR_TABLE, /* labels, default label */
    IMM_FUNC,
    IMM_TYPE,
    IMM_TYPE_TABLE, /* call_indirect */
    IMM_LOCAL,
    IMM_GLOBAL,
    IMM_TABLE,
    IMM_TABLE_TABLE, /* destination, source */
    IMM_ELEM_TABLE,  /* table.init */
    IMM_ELEM,
    IMM_MEMARG,
    IMM_MEMARG_LANE,
    IMM_MEM,
    IMM_MEM_MEM,  /* destination, source */
    IMM_DATA_MEM, /* memory.init */
    IMM_DATA,
    IMM_I32,
    IMM_I64,
    IMM_F32,
    IMM_F64,
    IMM_V128,
    IMM_SHUFFLE,
    IMM_LANE,
    IMM_SELECT,   /* list of value types */
    IMM_HEAP,     /* ref.null */
    IMM_REF,      /* heap type, taken as (ref ht) */
    IMM_REF_NULL, /* heap type, taken as (ref null ht) */
    IMM_BR_CAST,  /* flags, label, heap type, heap type */
    IMM_TYPE_FIELD,
    IMM_TYPE_U32,
    IMM_TYPE_DATA,
    IMM_TYPE_ELEM,
    IMM_TYPE_TYPE,
    IMM_TYPE_TAG, /* switch */
    IMM_TAG,
    IMM_FENCE,        /* a zero byte */
    IMM_RESUME,       /* type, handlers */
    IMM_RESUME_THROW, /* type, tag, handlers */
} Imm;

typedef enum OpKind {
    KIND_PURE,
    KIND_TRAPS,
    KIND_CONST,
    KIND_STACK,
    KIND_VAR,
    KIND_LOAD,
    KIND_STORE,
    KIND_ATOMIC,
    KIND_MEMORY,
    KIND_TABLE,
    KIND_REF,
    KIND_GC,
    KIND_CALL,
    KIND_CONTROL,
} OpKind;

/* Op numbers: pages one after the other. Without prefix the number is the byte itself. */
enum {
    OPBASE_00 = 0,
    OPBASE_FB = 256,
    OPBASE_FC = 256 + 48,
    OPBASE_FE = 256 + 48 + 32,
    OPBASE_FD = 256 + 48 + 32 + 96,
    OP_count = 256 + 48 + 32 + 96 + 288,
    OP_illegal = 0xFF, /* a byte that is no instruction */
};
#define OPBASE_OF(page)                                                                            \
    ((page) == 0      ? OPBASE_00                                                                  \
     : (page) == 0xFB ? OPBASE_FB                                                                  \
     : (page) == 0xFC ? OPBASE_FC                                                                  \
     : (page) == 0xFE ? OPBASE_FE                                                                  \
                      : OPBASE_FD)

typedef enum Op {
#define OP(page, code, ident, text, imm, sig, kind, align, since)                                  \
    OP_##ident = OPBASE_OF(page) + (code),
#include "wasm/ops.def"
#undef OP
} Op;

/* Operators that may make a NaN, and the type that is looked at for it; vectors' min and max make
   canonical ones anyway. */
#define OP_ROUNDING_OPS(X, p)                                                                      \
    X(p, add)                                                                                      \
    X(p, sub) X(p, mul) X(p, div) X(p, sqrt) X(p, ceil) X(p, floor) X(p, trunc) X(p, nearest)
#define OP_NAN_OPS(X)                                                                              \
    OP_ROUNDING_OPS(X, f32)                                                                        \
    OP_ROUNDING_OPS(X, f64)                                                                        \
    OP_ROUNDING_OPS(X, f32x4)                                                                      \
    OP_ROUNDING_OPS(X, f64x2)                                                                      \
    X(f32, min)                                                                                    \
    X(f32, max)                                                                                    \
    X(f64, min)                                                                                    \
    X(f64, max)                                                                                    \
    X(f32, demote_f64)                                                                             \
    X(f64, promote_f32)                                                                            \
    X(f32x4, demote_f64x2_zero)                                                                    \
    X(f64x2, promote_low_f32x4)

/* Signatures: SIG_ii_i and so on, from the letters that occur in ops.def. See sigs.def. */
typedef enum Sig {
    SIG_SPECIAL,
#define SIG(ident, np, p0, p1, p2, p3, nr, r0, r1) SIG_##ident,
#include "wasm/sigs.def"
#undef SIG
} Sig;

typedef struct SigInfo {
    uint8_t param_count, params[4]; /* value kinds (VAL_i32 ..., type.h); VAL_address for `a` */
    uint8_t result_count, results[2];
} SigInfo;
extern const SigInfo wt_sig_table[];

typedef struct OpInfo {
    const char *text; /* the mnemonic; NULL: no such instruction */
    uint8_t len;      /* of text */
    uint8_t imm;      /* Imm */
    uint8_t sig;      /* Sig */
    uint8_t kind;     /* OpKind */
    uint8_t align;    /* log2 of the natural alignment */
    uint8_t feature;  /* Feature */
    uint8_t page;
    uint16_t code;
} OpInfo;
extern const OpInfo wt_op_table[OP_count];

WT_INLINE const OpInfo *op_info(unsigned op) { return &wt_op_table[op]; }

/* The op of a page and code, or OP_illegal. */
unsigned wt_op_find(uint8_t page, uint32_t code);

#endif
