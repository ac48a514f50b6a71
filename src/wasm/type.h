/* Types as 32-bit numbers, and the definitions of a module's type section.
   The spec: "Types" (2.3) and "Type definitions" (3.2). */
#ifndef WATTLE_WASM_TYPE_H
#define WATTLE_WASM_TYPE_H

#include "base/buf.h"
#include "wasm/op.h"

/* A value or storage type: bits 0-3 the kind, and for references bit 4 nullable, bit 5 exact, bits
   8-31 the heap type. Two equal numbers are the same type; two different ones may be equal too when
   they name type indices (subtyping and equality: wt_type_is_sub). */
typedef uint32_t ValType;

enum {
    VAL_bot, /* the type of anything in unreachable code */
    VAL_i32,
    VAL_i64,
    VAL_f32,
    VAL_f64,
    VAL_v128,
    VAL_i8, /* storage types, in fields only */
    VAL_i16,
    VAL_ref,     /* with the bits above */
    VAL_address, /* in SigInfo only: i32 or i64, as the memory says */
    VAL_null_bit = 0x10,
    VAL_exact_bit = 0x20,
    VAL_heap_shift = 8,
};

/* Heap types: a type index below HEAP_first, or one of these. */
enum {
    HEAP_first = 0xFFFF00,
    HEAP_func = HEAP_first,
    HEAP_nofunc,
    HEAP_extern,
    HEAP_noextern,
    HEAP_any,
    HEAP_eq,
    HEAP_i31,
    HEAP_struct,
    HEAP_array,
    HEAP_none,
    HEAP_exn,
    HEAP_noexn,
    HEAP_cont,
    HEAP_nocont,
    HEAP_bot, /* below all: of a reference in unreachable code */
};

#define VAL_REF_OF(heap, nullable)                                                                 \
    ((ValType)(VAL_ref | ((nullable) ? VAL_null_bit : 0) | (uint32_t)(heap) << VAL_heap_shift))
enum {
    VAL_funcref = VAL_REF_OF(HEAP_func, 1),
    VAL_externref = VAL_REF_OF(HEAP_extern, 1),
};

WT_INLINE unsigned valtype_kind(ValType t) { return t & 15; }
WT_INLINE bool valtype_is_ref(ValType t) { return (t & 15) == VAL_ref; }
WT_INLINE bool valtype_nullable(ValType t) { return t & VAL_null_bit; }
WT_INLINE bool valtype_exact(ValType t) { return t & VAL_exact_bit; }
WT_INLINE uint32_t valtype_heap(ValType t) { return t >> VAL_heap_shift; }
/* Has a type index. */
WT_INLINE bool valtype_indexed(ValType t) {
    return valtype_is_ref(t) && valtype_heap(t) < HEAP_first;
}
WT_INLINE bool valtype_defaultable(ValType t) { return !valtype_is_ref(t) || valtype_nullable(t); }
WT_INLINE ValType valtype_unpacked(ValType t) {
    return t == VAL_i8 || t == VAL_i16 ? (ValType)VAL_i32 : t;
}
WT_INLINE bool valtype_packed(ValType t) { return t == VAL_i8 || t == VAL_i16; }

typedef struct FieldType {
    ValType type;
    bool mutable_;
} FieldType;

typedef enum TypeKind { TYPE_func, TYPE_struct, TYPE_array, TYPE_cont } TypeKind;

enum { TYPE_none = 0xFFFFFFFF }; /* no type index */

/* One defined type. Members of a recursion group stand next to each other. */
typedef struct TypeDef {
    uint8_t kind;     /* TypeKind */
    bool final;       /* no subtypes may be declared */
    bool sub_spelled; /* written with 0x50 or 0x4F */
    bool rec_spelled; /* the group is written with 0x4E (always when it has not exactly one member)
                       */
    uint32_t super;   /* type index or TYPE_none */
    uint32_t describes;    /* custom descriptors: type index or TYPE_none */
    uint32_t descriptor;   /* likewise */
    uint32_t rec_start;    /* the group's first type index */
    uint32_t rec_count;    /* members of the group */
    uint32_t at;           /* place in the source */
    uint32_t param_count;  /* func: operands; struct: fields; array: 1 */
    uint32_t result_count; /* func */
    union {
        const ValType *params;   /* func: parameters, then results */
        const FieldType *fields; /* struct; array: one */
        uint32_t cont;           /* type index of the function type */
    };
} TypeDef;

/* Without parameters and results `params` may be NULL. */
WT_INLINE const ValType *typedef_results(const TypeDef *t) {
    return t->param_count ? t->params + t->param_count : t->params;
}

struct Module;

/* Fills m->canon: canon[i] is the smallest type index whose definition is equal to i's (recursion
   groups compared as a whole). Types must be well-formed in their indices (each below type_count).
   false: out of memory. */
bool wt_type_canonicalise(struct Module *m);
/* a <= b. Needs m->canon for types with indices. */
bool wt_type_is_sub(const struct Module *m, ValType a, ValType b);
bool wt_type_heap_is_sub(const struct Module *m, uint32_t a, uint32_t b);
/* Equal under canonicalisation. */
bool wt_type_is_equal(const struct Module *m, ValType a, ValType b);
/* The feature that a type needs and that the module has not; FEATURE_mvp: none. */
Feature wt_type_feature(const struct Module *m, ValType t);
/* The top of a heap type's hierarchy: HEAP_any, HEAP_func, HEAP_extern, HEAP_exn or HEAP_cont. */
uint32_t wt_type_heap_top(const struct Module *m, uint32_t heap);
uint32_t wt_type_heap_bottom(const struct Module *m, uint32_t heap);

/* The keyword of an abstract heap type ("func", "none"), and the type byte of the binary format. */
const char *wt_type_heap_name(uint32_t heap);
uint8_t wt_type_heap_byte(uint32_t heap);
/* The abstract heap type of a byte (0x70 ...), or 0 when it is none. */
uint32_t wt_type_heap_of_byte(uint8_t byte);
/* The shorthand of (ref null heap), "funcref"; NULL for an index. */
const char *wt_type_shorthand(uint32_t heap);
/* A type as text: "i32", "funcref", "(ref null 3)". With lists: "[i32 i64]". */
void wt_type_print(Buf *b, ValType t);
void wt_type_print_list(Buf *b, const ValType *types, size_t count);

#endif
