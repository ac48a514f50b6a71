/* What a debugger shows, as JSON. Where the values of a frame are, the tier says; what they are,
   the checker, which walks the function's code up to the instruction that the frame stands before.
 */
#include "api/debug.h"

#include "base/float.h"
#include "run/memory.h"
#include "run/object.h"
#include "tools/report.h"
#include "valid/step.h"

enum {
    DEBUG_frames = 100,
    DEBUG_entries = 100, /* of a table */
    DEBUG_values = 1000, /* of a list */
    DEBUG_fields = 8     /* of an object */
};

static void put_json_name(Buf *b, Slice name) {
    if (name.data)
        wt_report_json_string(b, name);
    else
        buf_str(b, "null");
}

/* Items of a list. */
static void put_comma(Buf *b, bool *first) {
    if (!*first)
        buf_u8(b, ',');
    *first = false;
}

/* ---- values as text ---- */

static void put_func_value(Buf *b, Value v) {
    const FuncInst *f = value_to_pointer(v);
    if (!f->instance) {
        buf_str(b, "func of the host");
        return;
    }
    buf_str(b, "func ");
    wt_buf_dec(b, f->funcidx);
    Slice name = wt_instance_func_name(f->instance, f->funcidx);
    if (name.data) {
        buf_str(b, " $");
        buf_slice(b, name);
    }
}

static void put_type_of_object(const Store *s, Buf *b, Value v) {
    uint32_t type = object_type(s, v);
    buf_str(b, type == OBJECT_host                            ? "extern"
               : type == OBJECT_exn                           ? "exn"
               : type == OBJECT_cont                          ? "cont"
               : s->types.layouts[type].kind == LAYOUT_struct ? "struct"
                                                              : "array");
}

/* The type has ids; with `deep` also what is in an object. */
static void put_value(const Store *s, Buf *b, ValType type, const Value *v, bool deep);

static void put_struct_fields(const Store *s, Buf *b, Value v) {
    const uint32_t id = object_type(s, v);
    const Layout *l = &s->types.layouts[id];
    buf_str(b, " {");
    for (uint32_t i = 0; i < l->count && i < DEBUG_fields; i++) {
        Value at[2] = {0, 0};
        const uint8_t *bytes = object_bytes(heap_object(&s->heap, v));
        field_read(bytes + l->fields[i].at, (FieldKind)l->fields[i].kind, at);
        buf_str(b, i ? ", " : "");
        put_value(s, b, valtype_unpacked(types_def(&s->types, id)->fields[i].type), at, false);
    }
    buf_str(b, l->count > DEBUG_fields ? ", ...}" : "}");
}

static void put_array_elements(const Store *s, Buf *b, Value v) {
    const uint32_t count = heap_object(&s->heap, v)->count;
    ValType type = valtype_unpacked(types_def(&s->types, object_type(s, v))->fields[0].type);
    wt_buf_printf(b, " %u [", (unsigned)count);
    for (uint32_t i = 0; i < count && i < DEBUG_fields; i++) {
        Value at[2] = {0, 0};
        wt_object_element_get(s, v, i, at);
        buf_str(b, i ? ", " : "");
        put_value(s, b, type, at, false);
    }
    buf_str(b, count > DEBUG_fields ? ", ...]" : "]");
}

static void put_object_value(const Store *s, Buf *b, Value v, bool deep) {
    if (v & 1) {
        buf_str(b, "i31 ");
        wt_buf_sdec(b, (int32_t)v >> 1);
        return;
    }
    assert(v >= HEAP_first_ref && v - HEAP_first_ref < s->heap.size);
    put_type_of_object(s, b, v);
    const uint32_t type = object_type(s, v);
    if (!deep)
        return;
    if (type == OBJECT_exn) {
        Slice name = wt_instance_tag_name(s, wt_object_exn_tag(s, v));
        buf_str(b, name.data ? " $" : "");
        buf_slice(b, name);
    } else if (type < OBJECT_host && s->types.layouts[type].kind == LAYOUT_struct) {
        put_struct_fields(s, b, v);
    } else if (type < OBJECT_host) {
        put_array_elements(s, b, v);
    }
}

static void put_vector_value(Buf *b, const Value *v) {
    buf_str(b, "i32x4");
    for (unsigned lane = 0; lane < 4; lane++) {
        buf_str(b, " 0x");
        wt_buf_hex(b, (uint32_t)(v[lane / 2] >> (lane % 2 * 32)), 8);
    }
}

static void put_value(const Store *s, Buf *b, ValType type, const Value *v, bool deep) {
    if (type == VAL_v128)
        put_vector_value(b, v);
    else if (!valtype_is_ref(type))
        wt_trap_put_value(type, v, b);
    else if (!*v)
        buf_str(b, "null");
    else if (wt_type_heap_top(&s->types.view, valtype_heap(type)) == HEAP_func)
        put_func_value(b, *v);
    else
        put_object_value(s, b, *v, deep);
}

/* A value of a module's type as an object of JSON. */
static void put_debug_value(const Instance *in, Buf *b, Slice name, ValType type, const Value *v) {
    Buf text;
    wt_buf_init(&text, b->allocator);
    buf_str(b, "{\"name\":");
    put_json_name(b, name);
    buf_str(b, ",\"type\":");
    wt_type_print(&text, type);
    wt_report_json_string(b, slice(text.data, text.len));
    buf_str(b, ",\"value\":");
    text.len = 0;
    put_value(in->store, &text, code_type(in->code, type), v, true);
    wt_report_json_string(b, slice(text.data, text.len));
    buf_u8(b, '}');
    b->failed |= text.failed;
    wt_buf_free(&text);
}

/* ---- frames ---- */

/* A list that is being written from the places that the tier tells. */
typedef struct FrameWriter {
    const Instance *in;
    Buf *locals, *stack;
    const Walk *walk;
    NameWalk names; /* of the locals, in rising order */
    uint32_t named; /* the local that `name` is of */
    Slice name;
    uint32_t operands, first_operand; /* to be shown: from the first to behind the last */
    uint32_t local, operand;          /* that are told next */
} FrameWriter;

static Slice name_of_local(FrameWriter *w, uint32_t local) {
    while (w->named < local || (w->named == local && !w->name.data))
        if (!wt_names_next(&w->names, &w->named, &w->name)) {
            w->named = UINT32_MAX;
            break;
        }
    return w->named == local ? w->name : (Slice){0};
}

static void write_told(void *user, bool operand, const Value *at) {
    FrameWriter *w = user;
    Buf *b = operand ? w->stack : w->locals;
    uint32_t i = operand ? w->operand++ : w->local++;
    if (operand ? i < w->first_operand || i >= w->operands : i >= DEBUG_values)
        return;
    bool first = i == (operand ? w->first_operand : 0);
    put_comma(b, &first);
    ValType type = operand ? w->walk->stack[i] : walk_local(w->walk, i);
    put_debug_value(w->in, b, operand ? (Slice){0} : name_of_local(w, i), type, at);
}

/* What a call takes, where a frame waits for it. */
static uint32_t call_operands(const Module *m, const Insn *in) {
    switch (in->op) {
    case OP_call:
        return module_func_type(m, in->a)->param_count;
    case OP_call_indirect:
    case OP_call_ref:
        return m->types[in->a].param_count + 1;
    case OP_resume:
        return m->types[m->types[in->a].cont].param_count + 1;
    }
    return UINT32_MAX; /* none of those that are there is sure to be */
}

/* To the instruction at the offset. false: out of memory. */
static bool walk_to(Walk *w, const HeldFrame *f) {
    Insn in;
    if (!wt_walk_begin(w, f->funcidx))
        return false;
    while (w->ctrl_count && w->r.at < w->start + f->offset)
        if (!walk_step(w, false, &in))
            return false;
    return true;
}

static bool write_values(const wattle_debugger *d, const HeldFrame *f, bool outer, Walk *walk,
                         Buf *b) {
    Buf stack;
    Insn in = {0};
    wt_buf_init(&stack, b->allocator);
    FrameWriter w = {.in = f->in, .locals = b, .stack = &stack, .walk = walk};
    Reader r = walk->r;
    w.names = wt_names_inner(f->in->code->module->names.sub[NAME_local], f->funcidx);
    uint32_t height = walk_height(walk);
    uint32_t taken = outer && insn_read(&r, &in) ? call_operands(f->in->code->module, &in) : 0;
    w.operands = height - WT_MIN(taken, height);
    w.first_operand = w.operands > DEBUG_values ? w.operands - DEBUG_values : 0;
    buf_str(b, ",\"locals\":[");
    bool ok = d->hold->look(d->store->run, f, write_told, &w);
    assert(!ok || w.operand == height);
    buf_str(b, "],\"stack\":[");
    buf_bytes(b, stack.data, stack.len);
    buf_str(b, "]}");
    ok = ok && !stack.failed;
    wt_buf_free(&stack);
    return ok;
}

static void write_place(const HeldFrame *f, Buf *b) {
    const Module *m = f->in->code->module;
    wt_buf_printf(b, "{\"function\":%u,\"name\":", (unsigned)f->funcidx);
    put_json_name(b, wt_instance_func_name(f->in, f->funcidx));
    buf_str(b, ",\"offset\":");
    if (m->is_text)
        buf_str(b, "null");
    else
        wt_buf_dec(b, (uint64_t)(m->funcs[f->funcidx].code - m->source.data) + f->offset);
    wt_buf_printf(b, ",\"codeOffset\":%u", (unsigned)f->offset);
}

static bool write_frame(const wattle_debugger *d, const HeldFrame *f, bool outer, Buf *b) {
    Walk walk;
    write_place(f, b);
    wt_walk_init(&walk, f->in->code->module, b->allocator);
    bool ok = walk_to(&walk, f) && write_values(d, f, outer, &walk, b);
    wt_walk_free(&walk);
    return ok;
}

/* A tail call that fails has overwritten its frame. */
static bool frame_is_lost(const wattle_debugger *d, const HeldFrame *f) {
    const Func *func = &f->in->code->module->funcs[f->funcidx];
    Reader r = reader_of(func->code + f->offset, func->code_size - f->offset);
    Insn in;
    return d->failed && insn_read(&r, &in) &&
           (in.op == OP_return_call || in.op == OP_return_call_indirect ||
            in.op == OP_return_call_ref);
}

static void write_places(const Trap *trap, Buf *b) {
    for (uint32_t i = 0; i < trap->frame_count; i++) {
        const TrapFrame *t = &trap->frames[i];
        buf_str(b, i ? "," : "");
        write_place(&(HeldFrame){.in = t->instance,
                                 .funcidx = t->funcidx,
                                 .offset = t->offset == TRAP_no_offset ? 0 : t->offset},
                    b);
        buf_str(b, ",\"locals\":[],\"stack\":[]}");
    }
}

static bool write_frames(const wattle_debugger *d, Buf *b) {
    HeldFrame f;
    bool more = debug_place(d, &f);
    if (more && frame_is_lost(d, &f)) {
        write_places(&d->store->run->trap, b);
        return true;
    }
    for (unsigned i = 0; more && i < DEBUG_frames; i++) {
        buf_str(b, i ? "," : "");
        if (!write_frame(d, &f, i > 0, b))
            return false;
        more = d->hold->outer(d->store->run, &f);
    }
    return true;
}

/* ---- the instance ---- */

static void write_globals(const Instance *in, Buf *b) {
    const Module *m = in->code->module;
    bool first = true;
    for (uint32_t i = 0; i < m->global_count && i < DEBUG_values; i++) {
        put_comma(b, &first);
        put_debug_value(in, b, wt_instance_item_name(m, NAME_global, EXTERN_global, i),
                        m->globals[i].type, instance_global(in, i));
    }
}

static void write_table(const Instance *in, uint32_t index, Buf *b) {
    const TableInst *t = instance_tables(in)[index];
    Buf text;
    wt_buf_init(&text, b->allocator);
    buf_str(b, "{\"name\":");
    put_json_name(b, wt_instance_item_name(in->code->module, NAME_table, EXTERN_table, index));
    wt_buf_printf(b, ",\"size\":%llu,\"entries\":[", (unsigned long long)t->len);
    for (uint64_t i = 0; i < t->len && i < DEBUG_entries; i++) {
        text.len = 0;
        put_value(in->store, &text, t->type, &t->elems[i], true);
        buf_str(b, i ? "," : "");
        wt_report_json_string(b, slice(text.data, text.len));
    }
    buf_str(b, "]}");
    b->failed |= text.failed;
    wt_buf_free(&text);
}

static void write_memory(const Instance *in, uint32_t index, Buf *b) {
    const MemInst *m = instance_memories(in)[index];
    buf_str(b, "{\"name\":");
    put_json_name(b, wt_instance_item_name(in->code->module, NAME_memory, EXTERN_memory, index));
    wt_buf_printf(b, ",\"pages\":%llu,\"bytes\":%llu}", (unsigned long long)memory_pages(m),
                  (unsigned long long)memory_len(m));
}

static void write_instance(const Instance *in, Buf *b) {
    const Module *m = in->code->module;
    bool first = true;
    buf_str(b, "],\"globals\":[");
    write_globals(in, b);
    buf_str(b, "],\"tables\":[");
    for (uint32_t i = 0; i < m->table_count && i < DEBUG_values; i++) {
        put_comma(b, &first);
        write_table(in, i, b);
    }
    buf_str(b, "],\"memories\":[");
    first = true;
    for (uint32_t i = 0; i < m->memory_count && i < DEBUG_values; i++) {
        put_comma(b, &first);
        write_memory(in, i, b);
    }
}

wattle_status wattle_debugger_write(wattle_debugger *debugger, wattle_write write, void *user) {
    const wattle_debugger *d = debugger;
    Buf b;
    wt_buf_init(&b, &d->store->allocator);
    wt_buf_printf(&b, "{\"step\":%llu,\"ended\":%s,\"frames\":[",
                  (unsigned long long)wattle_debugger_steps(d),
                  wattle_debugger_ended(d) ? "true" : "false");
    b.failed |= !write_frames(d, &b);
    const Instance *in = wt_api_debug_instance(d);
    if (in)
        write_instance(in, &b);
    else
        buf_str(&b, "],\"globals\":[],\"tables\":[],\"memories\":[");
    buf_str(&b, "]}");
    wattle_status status = b.failed                     ? WATTLE_OUT_OF_MEMORY
                           : write(user, b.data, b.len) ? WATTLE_OK
                                                        : WATTLE_WRITE_FAILED;
    wt_buf_free(&b);
    return status;
}
