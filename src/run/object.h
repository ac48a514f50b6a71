/* Objects of a store's heap: structs, arrays, exceptions, continuations, boxed words of the host;
   casts; roots.

   A Value of any hierarchy but func is a reference into the heap (gc/heap.h): 32 bits, the upper
   half zero. Conversions between any and extern change nothing. Live references lie on the store's
   stack, where the collector looks at every word below `top` (or where the tier says: Tier.roots);
   in tables, globals and segments, which are looked at by their types; or with the embedder
   (StoreEmbedder). Everything that allocates may collect. The spec: "Structure, array and exception
   instances" (4.2.16 ..). */
#ifndef WATTLE_RUN_OBJECT_H
#define WATTLE_RUN_OBJECT_H

#include "run/instance.h"

void wt_object_heap_init(Store *s);
/* Before everything it could trace is freed. */
void wt_object_heap_free(Store *s);

/* Collects now. What the calls in progress have on the stack stays. */
void wt_object_collect(Store *s, bool full);

/* For Tier.roots: every word may be a reference. */
void wt_object_mark_words(Heap *h, const Value *from, const Value *to);

/* All give 0 with the store's trap set when there is no room. */

/* values: the fields in slots, NULL: all zero. descriptor: 0, or a reference for a type that has
   one. */
Value wt_object_struct(Store *s, uint32_t id, const Value *values, Value descriptor, Value *top);
/* Elements all equal to the one or two slots at value; NULL: zero. */
Value wt_object_array(Store *s, uint32_t id, uint32_t count, const Value *value, Value *top);
/* Elements from slots. */
Value wt_object_array_fixed(Store *s, uint32_t id, uint32_t count, const Value *values, Value *top);
/* Elements from a data or element segment. */
Value wt_object_array_data(Instance *in, uint32_t id, uint32_t dataidx, uint32_t from, uint32_t n,
                           Value *top);
Value wt_object_array_elem(Instance *in, uint32_t id, uint32_t elemidx, uint32_t from, uint32_t n,
                           Value *top);
/* A word of the host as an externref; StoreEmbedder.gone is told of its end. */
Value wt_object_host(Store *s, uint64_t word, Value *top);
/* An exception with its values in slots. */
Value wt_object_exn(Store *s, TagInst *tag, const Value *values, Value *top);

/* A continuation with this type and so many words. All of it is undefined but the type and the
   state, and must be written before the next allocation. Costs no fuel: how large it is, is the
   tier's affair. */
Value wt_object_cont(Store *s, uint32_t type_id, uint32_t words, Value *top);

/* Array instructions on non-null arrays; TRAP_none: done. */
TrapCode wt_object_array_fill(Store *s, Value array, uint32_t at, const Value *value, uint32_t n);
TrapCode wt_object_array_copy(Store *s, Value to, uint32_t at, Value from, uint32_t from_at,
                              uint32_t n);
TrapCode wt_object_array_init_data(Instance *in, Value array, uint32_t at, uint32_t dataidx,
                                   uint32_t from, uint32_t n);
TrapCode wt_object_array_init_elem(Instance *in, Value array, uint32_t at, uint32_t elemidx,
                                   uint32_t from, uint32_t n, Value *top);

/* One element, whatever its kind. false: out of bounds. */
bool wt_object_element_get(const Store *s, Value array, uint32_t at, Value *out);

/* Is the value of this type (with ids)? Its hierarchy is the one of the type. */
bool wt_object_is(const Store *s, Value v, ValType type);
/* Type of a struct or array, or OBJECT_host and the others. v is no i31 and not null. */
WT_INLINE uint32_t object_type(const Store *s, Value v) { return heap_object(&s->heap, v)->type; }
/* The descriptor of a struct that has one, else 0. v is not null. */
Value wt_object_descriptor(const Store *s, Value v);
/* The word of a boxed one; false: it is none. */
bool wt_object_host_word(const Store *s, Value v, uint64_t *word);

/* A continuation. What was suspended is the tier's in the words, where anything may be a reference;
   of one that has not begun they are arguments. cont.bind makes another one that has more
   arguments, and the words of the first elsewhere: then `inner` is the first. */
typedef struct ContObject {
    Object head;
    Value func; /* FuncInst: not begun; 0: suspended */
    uint32_t type_id;
    uint32_t inner; /* a reference, or 0 */
    uint32_t state; /* ContState */
    uint32_t args;  /* slots bound: the first of the words */
    Value words[];
} ContObject;
typedef enum ContState {
    CONT_ready,
    CONT_bound,    /* consumed by cont.bind: its words still live */
    CONT_consumed, /* its words mean nothing */
} ContState;
WT_INLINE ContObject *object_cont(const Store *s, Value ref) {
    return (ContObject *)heap_object(&s->heap, ref);
}

TagInst *wt_object_exn_tag(const Store *s, Value exn);
const Value *wt_object_exn_values(const Store *s, Value exn);

#endif
