/* How objects lie in the heap: a header of 8 bytes, then the fields. A layout is made once for each
   struct and array type of a store. The spec: "Structure and array instances" (4.2.16).

   A field takes 1, 2, 4, 8 or 16 bytes and is aligned to its size, at most to 8. A reference into
   the heap takes 4 bytes; one to a function 8, because it is a pointer outside of the heap. */
#ifndef WATTLE_GC_LAYOUT_H
#define WATTLE_GC_LAYOUT_H

#include "base/arena.h"
#include "wasm/type.h"

struct Module;

enum {
    HEAP_granule = 16,
    HEAP_medium = 4 * 1024, /* larger objects get blocks of their own */
};

/* What begins every object. */
typedef struct Object {
    uint32_t type;  /* type id, or one of those below */
    uint32_t count; /* of elements: arrays; of words: exceptions, continuations */
} Object;

/* Types of objects that no type id describes. */
enum {
    OBJECT_host = 0xFFFFFFF0, /* a word of the host */
    OBJECT_exn,               /* an exception: its tag, then its values */
    OBJECT_cont,              /* a continuation: OBJECT_cont_head bytes, then words */
};
enum { OBJECT_cont_head = 24 };

typedef enum FieldKind {
    FIELD_8,
    FIELD_16,
    FIELD_32,
    FIELD_64, /* numbers and pointers to functions */
    FIELD_128,
    FIELD_ref, /* into the heap */
} FieldKind;

typedef enum LayoutKind { LAYOUT_none, LAYOUT_struct, LAYOUT_array } LayoutKind;

typedef struct FieldPlace {
    uint32_t at; /* bytes from the header */
    uint8_t kind;
} FieldPlace;

typedef struct Layout {
    uint8_t kind;       /* LayoutKind */
    uint8_t element;    /* array: FieldKind */
    bool traced;        /* holds references into the heap */
    bool plain;         /* struct: small, every field 4 or 8 bytes, no descriptor */
    uint32_t size;      /* struct: bytes with the header; array: of an element */
    uint32_t rounded;   /* struct: in whole granules */
    uint32_t count;     /* struct: fields */
    uint32_t desc_at;   /* struct with a descriptor: where it is; 0: none */
    FieldPlace *fields; /* struct */
    uint32_t ref_count; /* struct: places that are traced */
    uint32_t *refs;     /* bytes from the header */
} Layout;

enum { OBJECT_header = 8 };

FieldKind wt_gc_field_kind(const struct Module *types, ValType type);
WT_INLINE uint32_t field_size(FieldKind kind) { return kind == FIELD_ref ? 4 : 1u << kind; }

/* Makes the layout of a definition; types is what its indices mean, super the layout of its
   supertype (NULL: it has none), whose fields keep their places. false: out of memory. */
bool wt_gc_layout(const struct Module *types, const TypeDef *def, const Layout *super, Arena *a,
                  Layout *out);

/* A field to up to two 64-bit values and back. 8 and 16 bits are read without sign. */
WT_INLINE void field_read(const uint8_t *p, FieldKind kind, uint64_t *v) {
    switch (kind) {
    case FIELD_8:
        *v = *p;
        return;
    case FIELD_16: {
        uint16_t small;
        memcpy(&small, p, sizeof small);
        *v = small;
        return;
    }
    case FIELD_32:
    case FIELD_ref: {
        uint32_t word;
        memcpy(&word, p, sizeof word);
        *v = word;
        return;
    }
    case FIELD_64:
        memcpy(v, p, 8);
        return;
    case FIELD_128:
        memcpy(v, p, 16);
        return;
    }
}
WT_INLINE void field_write(uint8_t *p, FieldKind kind, const uint64_t *v) {
    switch (kind) {
    case FIELD_8:
        *p = (uint8_t)*v;
        return;
    case FIELD_16: {
        uint16_t small = (uint16_t)*v;
        memcpy(p, &small, sizeof small);
        return;
    }
    case FIELD_32:
    case FIELD_ref: {
        uint32_t word = (uint32_t)*v;
        memcpy(p, &word, sizeof word);
        return;
    }
    case FIELD_64:
        memcpy(p, v, 8);
        return;
    case FIELD_128:
        memcpy(p, v, 16);
        return;
    }
}

#endif
