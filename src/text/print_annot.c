/* What only annotations can say: where the bytes are not those that the text alone would give, the
   custom sections, and branch hints. The forms are those that parse_annot.c reads. Nothing here
   prints when the options ask for no annotations. */
#include "base/utf8.h"
#include "text/print_inside.h"
#include "wasm/names.h"

/* ---- quirks ---- */

static uint64_t print_quirk_key(SectionId section, uint32_t item) {
    return (uint64_t)wt_section_rank(section) << 32 | (uint32_t)(item + 1);
}

/* The first quirk of an item, NULL when it has none; they are sorted. */
static const Quirk *find_quirks(const Module *m, SectionId section, uint32_t item) {
    uint64_t key = print_quirk_key(section, item);
    uint32_t low = 0, high = m->quirk_count;
    while (low < high) {
        uint32_t mid = low + (high - low) / 2;
        const Quirk *q = &m->quirks[mid];
        if (print_quirk_key((SectionId)q->section, q->item) < key)
            low = mid + 1;
        else
            high = mid;
    }
    const Quirk *q = &m->quirks[low];
    return low < m->quirk_count && q->section == section && q->item == item ? q : NULL;
}

/* " (pad 0 5) (long 1)" behind `lead`, which is printed before the first. Returns whether there was
   one. */
static bool put_quirk_list(Printer *p, SectionId section, uint32_t item, const char *lead) {
    const Module *m = p->m;
    const Quirk *q = m->quirk_count ? find_quirks(m, section, item) : NULL;
    bool any = false;
    for (; q && q != m->quirks + m->quirk_count && q->section == section && q->item == item; q++) {
        bool pad = q->kind == QUIRK_pad;
        if (!(pad && p->o->lossless) && q->kind != QUIRK_long)
            continue;
        if (!any)
            print_str(p, lead);
        any = true;
        print_str(p, pad ? " (pad" : " (long");
        wt_print_u64(p, q->ordinal);
        if (pad)
            wt_print_u64(p, q->value);
        print_char(p, ')');
    }
    return any;
}

void wt_print_quirks(Printer *p, SectionId section, uint32_t item) {
    if (WT_LIKELY(!p->m->quirk_count) || p->o->no_annotations)
        return;
    if (put_quirk_list(p, section, item, " (@wattle.encoding"))
        print_char(p, ')');
}

void wt_print_segment_quirks(Printer *p, SectionId section, uint32_t item, unsigned flags,
                             unsigned usual) {
    if (p->o->no_annotations)
        return;
    if (flags == usual) {
        wt_print_quirks(p, section, item);
        return;
    }
    print_str(p, " (@wattle.encoding (kind");
    wt_print_u64(p, flags);
    print_char(p, ')');
    put_quirk_list(p, section, item, "");
    print_char(p, ')');
}

void wt_print_code_quirks(Printer *p, uint32_t entry) {
    if (WT_LIKELY(!p->m->quirk_count) || p->o->no_annotations)
        return;
    if (put_quirk_list(p, SECTION_code, entry, " (@wattle.encoding code"))
        print_char(p, ')');
}

/* Whether a quirk is said by the annotation of its section. */
static bool of_section(const Printer *p, const Quirk *q) {
    return (q->kind == QUIRK_present && q->item == QUIRK_header) ||
           (p->o->lossless &&
            ((q->kind == QUIRK_pad && q->item == QUIRK_header) || q->kind == QUIRK_empty_rec));
}

void wt_print_section_quirks(Printer *p) {
    const Module *m = p->m;
    for (uint32_t i = 0; i < m->quirk_count && !p->o->no_annotations;) {
        SectionId id = (SectionId)m->quirks[i].section;
        uint32_t end = i;
        bool any = false;
        for (; end < m->quirk_count && m->quirks[end].section == id; end++)
            any |= of_section(p, &m->quirks[end]);
        if (any) {
            wt_print_line(p);
            print_str(p, "(@wattle.encoding section ");
            print_str(p, id == SECTION_custom ? "name" : wt_section_name(id));
            put_quirk_list(p, id, QUIRK_header, "");
            for (; i < end && p->o->lossless; i++)
                if (m->quirks[i].kind == QUIRK_empty_rec) {
                    print_str(p, " (empty");
                    wt_print_u64(p, m->quirks[i].item);
                    wt_print_u64(p, m->quirks[i].value);
                    print_char(p, ')');
                }
            print_char(p, ')');
        }
        i = end;
    }
}

/* ---- custom sections ---- */

/* The highest rank below `limit` that has a section in the binary. A text keeps its own order. */
static unsigned last_rank(const Module *m, unsigned limit) {
    unsigned last = 0;
    if (m->is_text)
        return limit - 1;
    for (uint32_t i = 0; i < m->section_count; i++) {
        SectionId id = (SectionId)m->sections[i].id;
        unsigned rank = id == SECTION_custom ? 0 : wt_section_rank(id);
        if (rank < limit && rank > last)
            last = rank;
    }
    return last;
}

/* Labels cannot have empty names. */
static bool labels_named(const Module *m) {
    NameWalk outer = wt_names_walk(m->names.sub[NAME_label]), inner;
    uint32_t index;
    Slice name;
    while (wt_names_next_outer(&outer, &index, &inner))
        while (wt_names_next(&inner, &index, &name))
            if (!name.len)
                return false;
    return true;
}

/* Whether the identifiers alone give back the name section, and its place can be said: behind the
   last other section. *place: how many custom sections stand between. */
static bool names_as_ids(const Printer *p, uint32_t index, uint32_t *place) {
    const Module *m = p->m;
    const Custom *c = &m->customs[index];
    unsigned last = last_rank(m, SECTION_count);
    *place = 0;
    if (!p->o->names || m->is_text || c->after < last)
        return false;
    for (uint32_t i = 0; i < index; i++)
        *place += m->customs[i].after >= last;
    /* A second name section would be taken for the first. */
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (i != index && slice_is(m->customs[i].name, "name"))
            return false;
    return wt_names_canonical(m, c->bytes) && labels_named(m);
}

void wt_print_customs_begin(Printer *p) {
    const Module *m = p->m;
    p->names_at = UINT32_MAX;
    if (p->o->no_annotations)
        return;
    p->names_place = m->names_after == NAMES_drop ? 0 : m->names_after;
    for (uint32_t i = 0; i < m->custom_count; i++)
        if (m->customs[i].is_names) {
            bool ids = names_as_ids(p, i, &p->names_place);
            if (!ids)
                p->names_place = 0;
            if (ids || !p->o->names) /* or left out */
                p->names_at = i;
        }
    if (p->names_place) {
        wt_print_line(p);
        print_str(p, "(@wattle.encoding names");
        wt_print_u64(p, p->names_place);
        print_char(p, ')');
    }
}

static void put_custom(Printer *p, uint32_t index) {
    const Custom *c = &p->m->customs[index];
    wt_print_line(p);
    print_str(p, "(@custom ");
    wt_print_string(p, c->name, true);
    print_str(p, c->after ? " (after " : " (before first");
    if (c->after)
        print_str(p, wt_section_name(wt_section_of_rank(c->after)));
    print_char(p, ')');
    wt_print_quirks(p, SECTION_custom, index);
    print_char(p, ' ');
    wt_print_string(p, c->bytes, false);
    print_char(p, ')');
}

/* They stand in the order of their places. */
void wt_print_customs(Printer *p, unsigned rank) {
    const Module *m = p->m;
    if (p->o->no_annotations)
        return;
    for (uint32_t *i = &p->custom_next; *i < m->custom_count && m->customs[*i].after <= rank; ++*i)
        if (*i != p->names_at && *i != p->hints_at)
            put_custom(p, *i);
}

/* ---- branch hints ---- */

/* One function's hints, each at an `if` or `br_if`, in rising order. */
static bool usual_hints_of(const Func *f, Reader *r, uint32_t count) {
    Reader body = reader_of(f->code, f->code_size);
    LocalRun run;
    for (uint32_t n = wt_insn_local_runs(&body); n > 0; n--)
        if (!wt_insn_next_run(&body, &run))
            return false;
    for (; count > 0; count--) {
        uint32_t offset = read_u32(r), size = read_u32(r);
        uint8_t value = read_u8(r);
        if (r->error || size != 1 || value > 1)
            return false;
        Insn in = {.op = OP_nop};
        while (reader_offset(&body) < offset && body.at != body.end)
            if (!insn_read(&body, &in))
                return false;
        if (reader_offset(&body) != offset || body.at == body.end || !insn_read(&body, &in) ||
            (in.op != OP_if && in.op != OP_br_if))
            return false;
    }
    return true;
}

/* Whether the section made from annotations would be these very bytes. */
static bool hints_usual(const Module *m, Slice bytes) {
    Reader r = reader_of(bytes.data, bytes.len);
    uint32_t funcs = read_u32(&r);
    uint64_t least = m->func_imports;
    for (uint32_t i = 0; i < funcs; i++) {
        uint32_t func = read_u32(&r), count = read_u32(&r);
        if (r.error || func < least || func >= m->func_count || !count ||
            !usual_hints_of(&m->funcs[func], &r, count))
            return false;
        least = (uint64_t)func + 1;
    }
    return funcs && !r.error && r.at == r.end && !(r.marks & READ_padded);
}

static void next_hint(Hints *h) {
    h->offset = read_u32(&h->reader);
    read_u32(&h->reader);
    h->value = read_u8(&h->reader);
}

static void next_hint_func(Hints *h) {
    h->func = UINT32_MAX;
    if (h->funcs == 0)
        return;
    h->funcs--;
    h->func = read_u32(&h->reader);
    h->count = read_u32(&h->reader);
    next_hint(h);
}

void wt_print_hints_of(Printer *p, uint32_t funcidx) {
    Hints *h = &p->hints;
    while (h->func < funcidx) {
        for (; h->count > 1; h->count--)
            next_hint(h);
        next_hint_func(h);
    }
}

void wt_print_hints_begin(Printer *p) {
    const Module *m = p->m;
    unsigned code = wt_section_rank(SECTION_code);
    p->hints.func = UINT32_MAX;
    p->hints_at = UINT32_MAX;
    if (p->o->no_annotations || p->o->skeleton)
        return;
    /* Only the last one before the code section can be the one made from annotations, and its
       header must be in the shortest form. */
    uint32_t i = 0;
    while (i < m->custom_count && m->customs[i].after < code)
        i++;
    if (i-- == 0)
        return;
    const Custom *c = &m->customs[i];
    if (!slice_is(c->name, "metadata.code.branch_hint") || c->after < last_rank(m, code) ||
        (m->quirk_count && find_quirks(m, SECTION_custom, i)) || !hints_usual(m, c->bytes))
        return;
    p->hints_at = i;
    p->hints.bytes = c->bytes;
    p->hints.reader = reader_of(c->bytes.data, c->bytes.len);
    p->hints.funcs = read_u32(&p->hints.reader);
    next_hint_func(&p->hints);
}

unsigned wt_print_take_hint(Printer *p, uint32_t offset) {
    Hints *h = &p->hints;
    if (h->func != p->body_item)
        return 2;
    for (; h->count > 1 && h->offset < offset; h->count--)
        next_hint(h);
    return h->offset == offset ? h->value : 2;
}

/* ---- instructions ---- */

/* Padded numbers only where the options ask for them: without them, the bytes that matter are
   shown in the shortest form. */
static void put_raw(Printer *p, const Insn *in, Slice raw) {
    Buf b;
    wt_buf_init(&b, p->allocator);
    if (!(p->o->lossless && (in->enc & ENC_padded))) {
        wt_insn_write(&b, in);
        if (b.failed)
            wt_diag_oom(p->d);
        raw = slice(b.data, b.len);
    }
    print_str(p, "(@wattle.encoding ");
    wt_print_bytes(p, raw);
    print_str(p, ") ");
    wt_buf_free(&b);
}

void wt_print_annotations(Printer *p, const Insn *in, Slice raw, unsigned hint) {
    if (hint < 2)
        print_str(p, hint ? "(@metadata.code.branch_hint \"\\01\") "
                          : "(@metadata.code.branch_hint \"\\00\") ");
    if (insn_annotated(p, in))
        put_raw(p, in, raw);
}
