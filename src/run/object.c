/* The heap's other side: what is allocated with which layout, and where references are when it
   collects. Path: object_insn.c, const.c, the embedder -> here -> gc/heap.c. */
#include "run/object.h"

#include "run/call.h"
#include "run/meter.h"

/* ---- roots ---- */

/* Anything on the stack may be a reference. */
void wt_object_mark_words(Heap *h, const Value *from, const Value *to) {
    for (const Value *v = from; v < to; v++)
        wt_gc_mark_word(h, *v);
}

static void mark_instance(const Instance *in, Heap *h) {
    const Code *c = in->code;
    for (uint32_t i = 0; i < c->traced_count; i++)
        wt_gc_mark(h, *instance_global(in, c->traced_globals[i]));
    const Module *m = c->module;
    for (uint32_t i = 0; i < m->elem_count; i++) {
        const Value *items = instance_elems(in)[i];
        if (items && types_is_traced(&c->store->types, code_type(c, m->elems[i].type)))
            for (uint32_t k = 0; k < m->elems[i].count; k++)
                wt_gc_mark(h, items[k]);
    }
}

static void mark_table(const Store *s, const TableInst *t, Heap *h) {
    if (types_is_traced(&s->types, t->type))
        for (uint64_t i = 0; i < t->len; i++)
            wt_gc_mark(h, t->elems[i]);
}

static void mark_roots(void *user, Heap *h) {
    Store *s = user;
    if (s->tier->roots)
        s->tier->roots(s, h);
    else
        wt_object_mark_words(h, s->stack, s->heap_top);
    wt_gc_mark(h, s->exception);
    for (size_t i = 0; i < s->instances.count; i++)
        mark_instance(s->instances.items[i], h);
    for (size_t i = 0; i < s->tables.count; i++)
        mark_table(s, s->tables.items[i], h);
    for (size_t i = 0; i < s->traced_cells.count; i++)
        wt_gc_mark(h, *(const Value *)s->traced_cells.items[i]);
    if (s->embedder.roots)
        s->embedder.roots(s->embedder.user, h);
}

/* Behind the header of an exception: its tag, then its values in slots. */
static TagInst *exn_tag(const Object *o) {
    uint64_t word;
    memcpy(&word, (const uint8_t *)o + OBJECT_header, sizeof word);
    return value_to_pointer(word);
}

static void trace_exn(const Store *s, Heap *h, Object *o) {
    const TypeDef *type = types_def(&s->types, exn_tag(o)->type_id);
    const Value *v = (const Value *)(const void *)(object_bytes(o) + OBJECT_header + 8);
    for (uint32_t i = 0; i < type->param_count; i++) {
        if (types_is_traced(&s->types, type->params[i]))
            wt_gc_mark(h, *v);
        v += valtype_slots(type->params[i]);
    }
}

_Static_assert(offsetof(ContObject, words) == OBJECT_header + OBJECT_cont_head, "its size");

static void trace_cont(Heap *h, const ContObject *c) {
    if (c->state == CONT_consumed)
        return;
    wt_gc_mark(h, c->inner);
    for (uint32_t i = 0; i < c->head.count; i++)
        wt_gc_mark_word(h, c->words[i]);
}

static void trace_object_of_store(void *user, Heap *h, Object *o) {
    if (o->type == OBJECT_exn)
        trace_exn(user, h, o);
    else
        trace_cont(h, (const ContObject *)o);
}

static void object_gone(void *user, uint64_t word) {
    const Store *s = user;
    if (s->embedder.gone)
        s->embedder.gone(s->embedder.user, word);
}

void wt_object_heap_init(Store *s) {
    const HeapConfig config = {.limit = (size_t)WT_MIN(s->limits.heap_bytes, SIZE_MAX),
                               .stress = s->limits.heap_stress};
    const HeapOwner owner = {mark_roots, trace_object_of_store, object_gone, s};
    wt_gc_init(&s->heap, &s->allocator, &config, &owner);
    s->heap.layouts = (const Layout *const *)&s->types.layouts;
}

void wt_object_heap_free(Store *s) { wt_gc_free(&s->heap); }

void wt_object_collect(Store *s, bool full) {
    s->heap_top = s->stack_top;
    wt_gc_collect(&s->heap, full);
}

/* ---- allocation ---- */

/* Without fuel. */
static Value object_of_size(Store *s, uint32_t type, uint32_t count, uint64_t size, Value *top) {
    s->heap_top = top;
    uint32_t ref =
        size <= s->heap.config.limit ? heap_alloc(&s->heap, type, count, (size_t)size) : 0;
    if (!ref)
        wt_trap_set(s, TRAP_allocation_failed, NULL);
    return ref;
}

static Value new_object(Store *s, uint32_t type, uint32_t count, uint64_t size, Value *top) {
    TrapCode why = wt_meter_bytes(s, size);
    if (why == TRAP_none)
        return object_of_size(s, type, count, size, top);
    wt_trap_set(s, why, NULL);
    return 0;
}

Value wt_object_struct(Store *s, uint32_t id, const Value *values, Value descriptor, Value *top) {
    Value ref = new_object(s, id, 0, s->types.layouts[id].size, top);
    if (!ref)
        return 0;
    const Layout *l = &s->types.layouts[id];
    uint8_t *p = object_bytes(heap_object(&s->heap, ref));
    if (!values)
        memset(p + OBJECT_header, 0, l->size - OBJECT_header);
    if (l->desc_at)
        field_write(p + l->desc_at, FIELD_ref, &descriptor);
    for (uint32_t i = 0; values && i < l->count; i++) {
        field_write(p + l->fields[i].at, (FieldKind)l->fields[i].kind, values);
        values += l->fields[i].kind == FIELD_128 ? 2 : 1;
    }
    return ref;
}

static uint8_t *array_at(const Heap *h, Value array, uint32_t size, uint32_t at) {
    return object_bytes(heap_object(h, array)) + OBJECT_header + (size_t)at * size;
}

static Value new_array(Store *s, uint32_t id, uint32_t count, Value *top) {
    return new_object(s, id, count, OBJECT_header + (uint64_t)count * s->types.layouts[id].size,
                      top);
}

static void fill_array(uint8_t *p, FieldKind kind, uint32_t n, const Value *value) {
    uint32_t size = field_size(kind);
    if (size == 1) {
        memset(p, (uint8_t)*value, n);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        field_write(p + (size_t)i * size, kind, value);
}

Value wt_object_array(Store *s, uint32_t id, uint32_t count, const Value *value, Value *top) {
    Value ref = new_array(s, id, count, top);
    if (!ref)
        return 0;
    const Layout *l = &s->types.layouts[id];
    uint8_t *p = array_at(&s->heap, ref, l->size, 0);
    if (value)
        fill_array(p, (FieldKind)l->element, count, value);
    else
        memset(p, 0, (size_t)count * l->size);
    return ref;
}

/* values in slots, which for vectors are two. */
static void write_elements(uint8_t *p, FieldKind kind, uint32_t n, const Value *values) {
    uint32_t size = field_size(kind), slots = kind == FIELD_128 ? 2 : 1;
    for (uint32_t i = 0; i < n; i++)
        field_write(p + (size_t)i * size, kind, values + (size_t)i * slots);
}

Value wt_object_array_fixed(Store *s, uint32_t id, uint32_t count, const Value *values,
                            Value *top) {
    Value ref = new_array(s, id, count, top);
    if (ref)
        write_elements(array_at(&s->heap, ref, s->types.layouts[id].size, 0),
                       (FieldKind)s->types.layouts[id].element, count, values);
    return ref;
}

/* Numbers in a segment are little-endian, as hosts are (base/compiler.h). */
static void elements_from_bytes(uint8_t *p, uint32_t size, const uint8_t *bytes, uint32_t n) {
    if (n)
        memcpy(p, bytes, (size_t)n * size);
}

Value wt_object_array_data(Instance *in, uint32_t id, uint32_t dataidx, uint32_t from, uint32_t n,
                           Value *top) {
    Store *s = in->store;
    uint32_t size = s->types.layouts[id].size;
    Slice bytes = wt_instance_data(in, dataidx);
    if ((uint64_t)from + (uint64_t)n * size > bytes.len) {
        wt_trap_set(s, TRAP_out_of_bounds_memory, NULL);
        return 0;
    }
    Value ref = new_array(s, id, n, top);
    if (ref)
        elements_from_bytes(array_at(&s->heap, ref, size, 0), size, bytes.data + from, n);
    return ref;
}

Value wt_object_array_elem(Instance *in, uint32_t id, uint32_t elemidx, uint32_t from, uint32_t n,
                           Value *top) {
    Store *s = in->store;
    if ((uint64_t)from + n > wt_instance_elem_count(in, elemidx)) {
        wt_trap_set(s, TRAP_out_of_bounds_table, NULL);
        return 0;
    }
    const Value *items = wt_instance_elem_items(in, elemidx, top);
    return items ? wt_object_array_fixed(s, id, n, items + from, top) : 0;
}

Value wt_object_host(Store *s, uint64_t word, Value *top) {
    Value ref = new_object(s, OBJECT_host, 0, OBJECT_header + sizeof word, top);
    if (ref) {
        memcpy(object_bytes(heap_object(&s->heap, ref)) + OBJECT_header, &word, sizeof word);
        s->heap.mortal++;
    }
    return ref;
}

Value wt_object_exn(Store *s, TagInst *tag, const Value *values, Value *top) {
    uint32_t slots = s->types.info[tag->type_id].param_slots;
    Value ref =
        new_object(s, OBJECT_exn, slots, OBJECT_header + 8 + (uint64_t)slots * sizeof(Value), top);
    if (!ref)
        return 0;
    uint8_t *p = object_bytes(heap_object(&s->heap, ref)) + OBJECT_header;
    Value word = value_pointer(tag);
    memcpy(p, &word, sizeof word);
    if (slots)
        memcpy(p + sizeof word, values, slots * sizeof(Value));
    return ref;
}

Value wt_object_cont(Store *s, uint32_t type_id, uint32_t words, Value *top) {
    uint64_t size = sizeof(ContObject) + (uint64_t)words * sizeof(Value);
    Value ref = object_of_size(s, OBJECT_cont, words, size, top);
    if (ref) {
        object_cont(s, ref)->type_id = type_id;
        object_cont(s, ref)->state = CONT_ready;
    }
    return ref;
}

/* ---- arrays ---- */

static bool array_in(const Store *s, Value array, uint32_t at, uint32_t n) {
    return (uint64_t)at + n <= heap_object(&s->heap, array)->count;
}

/* Before elements are written that may be references. */
static void array_barrier(Store *s, Value array, const Layout *l, uint32_t at, uint32_t n) {
    if (l->traced)
        heap_barrier_elements(&s->heap, (uint32_t)array, at, n);
}

TrapCode wt_object_array_fill(Store *s, Value array, uint32_t at, const Value *value, uint32_t n) {
    if (!array_in(s, array, at, n))
        return TRAP_out_of_bounds_array;
    const Layout *l = &s->types.layouts[object_type(s, array)];
    TrapCode why = wt_meter_bytes(s, (uint64_t)n * l->size);
    if (why != TRAP_none)
        return why;
    array_barrier(s, array, l, at, n);
    for (uint32_t done = 0; done < n && why == TRAP_none; why = meter_poll(s)) {
        uint32_t piece = (uint32_t)meter_piece(s, n - done, METER_piece_bytes / l->size);
        fill_array(array_at(&s->heap, array, l->size, at + done), (FieldKind)l->element, piece,
                   value);
        done += piece;
    }
    return why;
}

TrapCode wt_object_array_copy(Store *s, Value to, uint32_t at, Value from, uint32_t from_at,
                              uint32_t n) {
    if (!array_in(s, to, at, n) || !array_in(s, from, from_at, n))
        return TRAP_out_of_bounds_array;
    const Layout *l = &s->types.layouts[object_type(s, to)];
    TrapCode why = wt_meter_bytes(s, (uint64_t)n * l->size);
    if (why != TRAP_none)
        return why;
    array_barrier(s, to, l, at, n);
    bool down = at > from_at;
    for (uint32_t done = 0; done < n && why == TRAP_none; why = meter_poll(s)) {
        uint32_t piece = (uint32_t)meter_piece(s, n - done, METER_piece_bytes / l->size);
        uint32_t skip = down ? n - done - piece : done;
        memmove(array_at(&s->heap, to, l->size, at + skip),
                array_at(&s->heap, from, l->size, from_at + skip), (size_t)piece * l->size);
        done += piece;
    }
    return why;
}

TrapCode wt_object_array_init_data(Instance *in, Value array, uint32_t at, uint32_t dataidx,
                                   uint32_t from, uint32_t n) {
    Store *s = in->store;
    const Layout *l = &s->types.layouts[object_type(s, array)];
    Slice bytes = wt_instance_data(in, dataidx);
    if (!array_in(s, array, at, n))
        return TRAP_out_of_bounds_array;
    if ((uint64_t)from + (uint64_t)n * l->size > bytes.len)
        return TRAP_out_of_bounds_memory;
    TrapCode why = wt_meter_bytes(s, (uint64_t)n * l->size);
    if (why != TRAP_none)
        return why;
    if (n)
        elements_from_bytes(array_at(&s->heap, array, l->size, at), l->size, bytes.data + from, n);
    return TRAP_none;
}

TrapCode wt_object_array_init_elem(Instance *in, Value array, uint32_t at, uint32_t elemidx,
                                   uint32_t from, uint32_t n, Value *top) {
    Store *s = in->store;
    if (!array_in(s, array, at, n))
        return TRAP_out_of_bounds_array;
    if ((uint64_t)from + n > wt_instance_elem_count(in, elemidx))
        return TRAP_out_of_bounds_table;
    const Value *items = wt_instance_elem_items(in, elemidx, top);
    if (!items)
        return s->trap.code;
    const Layout *l = &s->types.layouts[object_type(s, array)];
    TrapCode why = wt_meter_bytes(s, (uint64_t)n * l->size);
    if (why != TRAP_none)
        return why;
    array_barrier(s, array, l, at, n);
    write_elements(array_at(&s->heap, array, l->size, at), (FieldKind)l->element, n, items + from);
    return TRAP_none;
}

bool wt_object_element_get(const Store *s, Value array, uint32_t at, Value *out) {
    if (!array_in(s, array, at, 1))
        return false;
    const Layout *l = &s->types.layouts[object_type(s, array)];
    field_read(array_at(&s->heap, array, l->size, at), (FieldKind)l->element, out);
    return true;
}

/* ---- casts ---- */

/* An abstract type of the any hierarchy. */
static bool object_is(const Store *s, Value v, uint32_t heap) {
    bool i31 = v & 1;
    uint32_t type = i31 ? 0 : object_type(s, v);
    bool own = !i31 && type < OBJECT_host;
    switch (heap) {
    case HEAP_any:
        return true;
    case HEAP_eq:
        return i31 || own;
    case HEAP_i31:
        return i31;
    case HEAP_struct:
        return own && s->types.layouts[type].kind == LAYOUT_struct;
    case HEAP_array:
        return own && s->types.layouts[type].kind == LAYOUT_array;
    }
    return false;
}

bool wt_object_is(const Store *s, Value v, ValType type) {
    const TypeTable *types = &s->types;
    uint32_t heap = valtype_heap(type);
    if (!v)
        return valtype_nullable(type);
    if (heap >= HEAP_first) {
        uint32_t top = wt_type_heap_top(&types->view, heap);
        return heap == top || (top == HEAP_any && object_is(s, v, heap));
    }
    uint32_t id;
    if (types_def(types, heap)->kind == TYPE_func) {
        id = ((const FuncInst *)value_to_pointer(v))->type_id;
    } else {
        id = v & 1 ? OBJECT_host : object_type(s, v);
        if (id == OBJECT_cont)
            id = object_cont(s, v)->type_id;
        if (id >= OBJECT_host)
            return false;
    }
    return valtype_exact(type) ? id == heap : types_id_is_sub(types, id, heap);
}

Value wt_object_descriptor(const Store *s, Value v) {
    if (v & 1 || object_type(s, v) >= OBJECT_host)
        return 0;
    uint32_t at = s->types.layouts[object_type(s, v)].desc_at;
    Value out = 0;
    if (at)
        field_read(object_bytes(heap_object(&s->heap, v)) + at, FIELD_ref, &out);
    return out;
}

bool wt_object_host_word(const Store *s, Value v, uint64_t *word) {
    if (!ref_is_object(v) || object_type(s, v) != OBJECT_host)
        return false;
    memcpy(word, object_bytes(heap_object(&s->heap, v)) + OBJECT_header, sizeof *word);
    return true;
}

TagInst *wt_object_exn_tag(const Store *s, Value exn) {
    return exn_tag(heap_object(&s->heap, exn));
}

const Value *wt_object_exn_values(const Store *s, Value exn) {
    const uint8_t *p = object_bytes(heap_object(&s->heap, exn)) + OBJECT_header + 8;
    return (const Value *)(const void *)p;
}
