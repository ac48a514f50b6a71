/* Traps: the one way out of a program that did something wrong. The tier records code and frames
   here, everything above returns false until the host is reached. */
#include "run/trap.h"

#include "base/float.h"
#include "run/lines.h"
#include "run/object.h"

const char *wt_trap_text(TrapCode code) {
    static const char *const texts[] = {
        [TRAP_none] = "no trap",
#define TRAP(ident, text) [TRAP_##ident] = text,
#include "wasm/traps.def"
#undef TRAP
        [TRAP_exception] = "uncaught exception",
        [TRAP_exit] = "exit",
        [TRAP_out_of_memory] = "out of memory",
        [TRAP_limit] = "limit of the store exceeded",
        [TRAP_held] = "held",
    };
    return texts[code];
}

bool wt_trap_set(Store *s, TrapCode code, const char *detail) {
    Trap *t = &s->trap;
    if (t->code != TRAP_none)
        return false;
    t->code = code;
    size_t n = detail ? strlen(detail) : 0;
    n = WT_MIN(n, sizeof t->detail - 1);
    if (n)
        memcpy(t->detail, detail, n);
    t->detail[n] = 0;
    t->frame_count = 0;
    t->depth = 0;
    return false;
}

bool wt_trap_set_number(Store *s, TrapCode code, uint64_t number) {
    char text[22];
    size_t at = sizeof text;
    text[--at] = 0;
    do
        text[--at] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    text[--at] = ' ';
    return wt_trap_set(s, code, text + at);
}

bool wt_trap_exit(Store *s, uint32_t exit_code) {
    if (s->trap.code == TRAP_none)
        s->trap.exit_code = exit_code;
    return wt_trap_set(s, TRAP_exit, NULL);
}

bool wt_trap_host(Store *s, const char *message) { return wt_trap_set(s, TRAP_host, message); }

void wt_trap_clear(Store *s) {
    s->exception = 0;
    s->trap.code = TRAP_none;
    s->trap.frame_count = 0;
    s->trap.depth = 0;
    s->trap.detail[0] = 0;
}

void wt_trap_frame(Store *s, const Instance *in, uint32_t funcidx, uint32_t offset) {
    Trap *t = &s->trap;
    if (t->frame_count < TRAP_frames)
        t->frames[t->frame_count++] = (TrapFrame){in, funcidx, offset};
    t->depth++;
}

enum { EXCEPTION_shown = 8 }; /* values in a message */

/* The last lane first, as a number is written. */
static void put_vector_number(const Value *v, Buf *b) {
    buf_str(b, "0x");
    wt_buf_hex(b, v[1], 16);
    wt_buf_hex(b, v[0], 16);
}

void wt_trap_put_value(ValType type, const Value *v, Buf *b) {
    char text[FLOAT_TEXT_MAX];
    if (type == VAL_i32)
        wt_buf_sdec(b, (int32_t)*v);
    else if (type == VAL_i64)
        wt_buf_sdec(b, (int64_t)*v);
    else if (type == VAL_f32)
        buf_bytes(b, text, wt_base_f32_to_text((uint32_t)*v, text));
    else if (type == VAL_f64)
        buf_bytes(b, text, wt_base_f64_to_text(*v, text));
    else if (type == VAL_v128)
        put_vector_number(v, b);
    else
        buf_str(b, *v ? "ref" : "null");
}

/* ": parse_error (7, 0.5)". */
static void print_exception(const Store *s, Buf *b) {
    const TagInst *tag = wt_object_exn_tag(s, s->exception);
    const TypeDef *type = types_def(&s->types, tag->type_id);
    const Value *v = wt_object_exn_values(s, s->exception);
    Slice name = wt_instance_tag_name(s, tag);
    if (name.data || type->param_count)
        buf_str(b, ": ");
    buf_slice(b, name);
    for (uint32_t i = 0; i < type->param_count && i < EXCEPTION_shown; i++) {
        buf_str(b, i ? ", " : name.len ? " (" : "(");
        wt_trap_put_value(type->params[i], v, b);
        v += valtype_slots(type->params[i]);
    }
    if (type->param_count)
        buf_str(b, type->param_count > EXCEPTION_shown ? ", ...)" : ")");
}

void wt_trap_message(const Store *s, Buf *b) {
    const Trap *t = &s->trap;
    if (t->code == TRAP_host && t->detail[0]) {
        buf_str(b, t->detail);
        return;
    }
    buf_str(b, wt_trap_text(t->code));
    if (t->code == TRAP_exit)
        wt_buf_printf(b, " %u", t->exit_code);
    if (t->code == TRAP_exception)
        print_exception(s, b);
    buf_str(b, t->detail);
}

/* The source lines of all frames, one walk a module. */
static void find_lines(const Trap *t, LinePlace places[TRAP_frames]) {
    for (uint32_t i = 0; i < t->frame_count; i++) {
        const TrapFrame *f = &t->frames[i];
        const Module *m = f->instance->code->module;
        uint64_t at =
            f->offset == TRAP_no_offset ? UINT64_MAX : wt_lines_address(m, f->funcidx, f->offset);
        places[i] = (LinePlace){.module = m, .address = at};
    }
    for (uint32_t i = 0; i < t->frame_count; i++) {
        bool first = true;
        for (uint32_t k = 0; k < i; k++)
            first &= places[k].module != places[i].module;
        if (first)
            wt_lines_find(places[i].module, places, t->frame_count);
    }
}

static void print_place(const LinePlace *p, Buf *b) {
    if (!p->file.data)
        return;
    buf_str(b, " at ");
    if (p->directory.len) {
        buf_slice(b, p->directory);
        buf_u8(b, '/');
    }
    buf_slice(b, p->file);
    wt_buf_printf(b, ":%u", p->line);
}

void wt_trap_backtrace(const Trap *t, Buf *b) {
    LinePlace places[TRAP_frames];
    find_lines(t, places);
    for (uint32_t i = 0; i < t->frame_count; i++) {
        const TrapFrame *f = &t->frames[i];
        Slice name = wt_instance_func_name(f->instance, f->funcidx);
        wt_buf_printf(b, "    #%u  ", i);
        if (name.data) {
            buf_slice(b, name);
            wt_buf_printf(b, " (function %u)", f->funcidx);
        } else {
            wt_buf_printf(b, "function %u", f->funcidx);
        }
        if (f->offset != TRAP_no_offset) {
            buf_str(b, " + 0x");
            wt_buf_hex(b, f->offset, 1);
        }
        print_place(&places[i], b);
        buf_u8(b, '\n');
    }
    if (t->depth > t->frame_count)
        wt_buf_printf(b, "    ... %llu more\n", (unsigned long long)(t->depth - t->frame_count));
}
