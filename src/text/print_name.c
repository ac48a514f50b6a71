/* Identifiers from the name section: legal, unique in their space, and with (@name "…") wherever
   the identifier is not the name itself. Names that are not UTF-8 are no identifiers.

   A table holds where each name lies in the module, not its text: a hundred thousand functions take
   1.6 MB. Names that are taken or empty get their own index behind a `#`. */
#include "base/map.h"
#include "base/utf8.h"
#include "text/print_inside.h"

/* ---- characters ---- */

enum {
    CHARACTER_id = 1,    /* may stand in an identifier */
    CHARACTER_plain = 2, /* stands for itself in a string */
};
#define PRINT_BOTH (CHARACTER_id | CHARACTER_plain)
static const uint8_t character_rows[256] = {
    [' '] = CHARACTER_plain,     ['!'] = PRINT_BOTH,      ['"'] = 0,
    ['#' ... '\''] = PRINT_BOTH, ['('] = CHARACTER_plain, [')'] = CHARACTER_plain,
    ['*'] = PRINT_BOTH,          ['+'] = PRINT_BOTH,      [','] = CHARACTER_plain,
    ['-' ... ':'] = PRINT_BOTH,  [';'] = CHARACTER_plain, ['<' ... 'Z'] = PRINT_BOTH,
    ['['] = CHARACTER_plain,     ['\\'] = CHARACTER_id,   [']'] = CHARACTER_plain,
    ['^' ... 'z'] = PRINT_BOTH,  ['{'] = CHARACTER_plain, ['|'] = PRINT_BOTH,
    ['}'] = CHARACTER_plain,     ['~'] = PRINT_BOTH,
};

/* The ID_ bits of a text. */
static uint8_t id_form(const uint8_t *s, size_t n) {
    uint8_t all = PRINT_BOTH;
    for (size_t i = 0; i < n; i++)
        all &= character_rows[s[i]];
    return all & CHARACTER_id ? 0 : all & CHARACTER_plain ? ID_quoted : ID_quoted | ID_escaped;
}

/* ---- strings ---- */

static const char hex_digits[] = "0123456789abcdef";

/* One byte that needs an escape; at most 3 characters. */
static uint8_t *put_escape(uint8_t *w, uint8_t c) {
    *w++ = '\\';
    switch (c) {
    case '\n':
        *w++ = 'n';
        return w;
    case '\t':
        *w++ = 't';
        return w;
    case '"':
    case '\\':
        *w++ = c;
        return w;
    default:
        *w++ = (uint8_t)hex_digits[c >> 4];
        *w++ = (uint8_t)hex_digits[c & 15];
        return w;
    }
}

void wt_print_strings_begin(Printer *p) {
    for (unsigned c = 0; c < 256; c++) {
        EscapeRow *row = &p->escapes[c];
        row->len = 1;
        row->text[0] = (uint8_t)c;
        if (!(character_rows[c] & CHARACTER_plain))
            row->len = (uint8_t)(put_escape(row->text, (uint8_t)c) - row->text);
    }
}

enum { STRING_piece = 512 };

/* The contents of a string, in pieces that fit the buffer. */
static void put_string_contents(Printer *p, const uint8_t *s, size_t n, bool name) {
    Buf *out = p->out;
    for (size_t i = 0; i < n;) {
        if (!buf_room(out, 3 * STRING_piece + sizeof(EscapeRow)))
            return;
        size_t stop = WT_MIN(n, i + STRING_piece);
        uint8_t *w = out->data + out->len;
        for (; i < stop; i++) {
            const EscapeRow *row = &p->escapes[s[i]];
            memcpy(w, row, sizeof *row);
            w += row->len;
            if (name && s[i] >= 0x80) {
                w -= row->len;
                *w++ = s[i];
            }
        }
        out->len = (size_t)(w - out->data);
    }
}

void wt_print_string(Printer *p, Slice s, bool name) {
    print_char(p, '"');
    put_string_contents(p, s.data, s.len, name && utf8_valid(s));
    print_char(p, '"');
}

void wt_print_bytes(Printer *p, Slice s) {
    print_char(p, '"');
    for (size_t i = 0; i < s.len; i++) {
        const uint8_t text[3] = {'\\', (uint8_t)hex_digits[s.data[i] >> 4],
                                 (uint8_t)hex_digits[s.data[i] & 15]};
        buf_bytes(p->out, text, sizeof text);
    }
    print_char(p, '"');
}

/* ---- tables ---- */

/* A set of the names that stand for themselves in one table: indices + 1. */
typedef struct IdSet {
    uint32_t *slots;
    size_t cap; /* a power of two */
    uint64_t seed;
} IdSet;

/* The slot of a text: free, or of a thing with this very name. */
static uint32_t *id_slot(const IdSet *s, const IdTable *t, const uint8_t *name, size_t len) {
    size_t i = (size_t)wt_base_hash(name, len, s->seed) & (s->cap - 1);
    for (;; i = (i + 1) & (s->cap - 1)) {
        uint32_t at = s->slots[i];
        if (!at || (t->ids[at - 1].len == len && memcmp(t->ids[at - 1].name, name, len) == 0))
            return &s->slots[i];
    }
}

/* What distinguishes an altered or made-up identifier: "foo" + "#" + "12", "#" + "func" + "12". */
static void put_id_text(Buf *b, const IdTable *t, uint32_t index, const Id *id) {
    bool named = !(id->form & ID_made_up);
    if (named)
        buf_bytes(b, id->name, id->len);
    if (!(id->form & (ID_altered | ID_made_up)))
        return;
    for (unsigned i = 0; i < id->marks; i++)
        buf_u8(b, '#');
    if (!id->len || !named)
        buf_str(b, t->word);
    wt_buf_dec(b, index);
}

/* Adds `#` until no name of the table is the same. The index at the end keeps these apart among
   themselves. */
static bool make_unique(Printer *p, IdTable *t, const IdSet *s, uint32_t index) {
    Id *id = &t->ids[index];
    Buf b;
    wt_buf_init(&b, p->allocator);
    id->marks = id->len && !(id->form & ID_made_up);
    for (; id->marks < UINT16_MAX; id->marks++) {
        b.len = 0;
        put_id_text(&b, t, index, id);
        if (b.failed || !s->cap || !*id_slot(s, t, b.data, b.len))
            break;
    }
    bool ok = !b.failed;
    wt_buf_free(&b);
    return ok;
}

/* The first name of each index, whatever the order of the map. */
static void enter_names(IdTable *t, NameWalk walk) {
    uint32_t index;
    Slice name;
    while (wt_names_next(&walk, &index, &name)) {
        if (index >= t->count || t->ids[index].name)
            continue;
        Id id = {name.data, (uint32_t)name.len, 0, id_form(name.data, name.len)};
        if (!(id.form & ID_escaped) || utf8_valid(name))
            t->ids[index] = id;
    }
}

/* Of several things with one name, the first keeps it: the others, and those with an empty one, are
   marked. Returns how many. */
static uint32_t mark_taken(IdTable *t, IdSet *s) {
    uint32_t marked = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        Id *id = &t->ids[i];
        if (!id->name)
            continue;
        uint32_t *slot = id->len ? id_slot(s, t, id->name, id->len) : NULL;
        if (slot && !*slot) {
            *slot = i + 1;
        } else {
            id->form |= ID_altered;
            marked++;
        }
    }
    return marked;
}

static bool make_table(Printer *p, Arena *a, IdTable *t, uint32_t count, NameWalk walk) {
    bool all = p->o->generate_names;
    if ((!walk.left && !all) || !count)
        return true;
    t->ids = ARENA_ARRAY(a, Id, count);
    if (!t->ids)
        return false;
    t->count = count;
    /* Each name takes two bytes, so the count is bounded by the section's size. */
    size_t names = WT_MIN(count, WT_MIN(walk.left, (size_t)(walk.end - walk.at) / 2));
    IdSet s = {.cap = 8, .seed = (uintptr_t)t->ids};
    while (s.cap < names + names / 2 + 1)
        s.cap *= 2;
    s.slots = allocator_get(p->allocator, s.cap * sizeof *s.slots);
    if (!s.slots)
        return false;
    memset(s.slots, 0, s.cap * sizeof *s.slots);
    enter_names(t, walk);
    uint32_t left = mark_taken(t, &s);
    bool ok = true;
    for (uint32_t i = 0; i < count && ok && (left || all); i++) {
        static const uint8_t nothing[1];
        if (all && !t->ids[i].name)
            t->ids[i] = (Id){nothing, 0, 0, ID_made_up};
        if (t->ids[i].form & (ID_altered | ID_made_up))
            ok = make_unique(p, t, &s, i);
    }
    allocator_free(p->allocator, s.slots, s.cap * sizeof *s.slots);
    return ok;
}

static bool make_fields(Printer *p) {
    const Module *m = p->m;
    NameWalk outer = wt_names_walk(m->names.sub[NAME_field]), inner;
    uint32_t type;
    if (!outer.left || !m->type_count)
        return true;
    p->fields = ARENA_ARRAY(&p->arena, IdTable, m->type_count);
    if (!p->fields)
        return false;
    while (wt_names_next_outer(&outer, &type, &inner)) {
        if (type >= m->type_count || m->types[type].kind != TYPE_struct || p->fields[type].ids)
            continue;
        p->fields[type].word = "field";
        if (!make_table(p, &p->arena, &p->fields[type], m->types[type].param_count, inner))
            return false;
    }
    return true;
}

static void next_outer(NameWalk *walk, uint32_t *func, NameWalk *inner) {
    if (!wt_names_next_outer(walk, func, inner))
        *func = UINT32_MAX;
}

bool wt_print_names_begin(Printer *p) {
    const Module *m = p->m;
    const struct {
        NameKind kind;
        uint32_t count;
        const char *word;
    } spaces[] = {
        {NAME_func, m->func_count, "func"},       {NAME_type, m->type_count, "type"},
        {NAME_table, m->table_count, "table"},    {NAME_memory, m->memory_count, "memory"},
        {NAME_global, m->global_count, "global"}, {NAME_elem, m->elem_count, "elem"},
        {NAME_data, m->data_count, "data"},       {NAME_tag, m->tag_count, "tag"}};
    p->local_func = p->label_func = UINT32_MAX;
    for (size_t i = 0; i < WT_COUNT(spaces); i++) {
        IdTable *t = &p->ids[spaces[i].kind];
        NameWalk walk = {0};
        if (p->o->names)
            walk = wt_names_walk(m->names.sub[spaces[i].kind]);
        t->word = spaces[i].word;
        if (!make_table(p, &p->arena, t, spaces[i].count, walk))
            return false;
    }
    if (!p->o->names)
        return true;
    p->local_walk = wt_names_walk(m->names.sub[NAME_local]);
    p->label_walk = wt_names_walk(m->names.sub[NAME_label]);
    next_outer(&p->local_walk, &p->local_func, &p->local_names);
    next_outer(&p->label_walk, &p->label_func, &p->label_names);
    return make_fields(p);
}

bool wt_print_local_names(Printer *p, uint32_t funcidx, uint32_t local_count) {
    NameWalk walk = {0};
    p->ids[NAME_local] = (IdTable){.word = "local"};
    while (p->local_func != UINT32_MAX && p->local_func < funcidx)
        next_outer(&p->local_walk, &p->local_func, &p->local_names);
    if (p->local_func == funcidx)
        walk = p->local_names;
    return make_table(p, &p->scratch, &p->ids[NAME_local], local_count, walk);
}

static void next_label(Printer *p) {
    if (!wt_names_next(&p->label_next, &p->label_next_at, &p->label_next_name))
        p->label_next_at = UINT32_MAX;
}

void wt_print_label_names(Printer *p, uint32_t funcidx) {
    p->label_ordinal = 0;
    p->label_next_at = UINT32_MAX;
    if (funcidx == UINT32_MAX)
        return;
    while (p->label_func != UINT32_MAX && p->label_func < funcidx)
        next_outer(&p->label_walk, &p->label_func, &p->label_names);
    if (p->label_func != funcidx)
        return;
    p->label_next = p->label_names;
    next_label(p);
}

Slice wt_print_next_label(Printer *p) {
    uint32_t ordinal = p->label_ordinal++;
    Slice none = {NULL, 0};
    /* Maps that do not rise are hostile: entries of the past are passed over. */
    while (WT_UNLIKELY(p->label_next_at < ordinal))
        next_label(p);
    if (WT_LIKELY(ordinal != p->label_next_at))
        return none;
    Slice name = p->label_next_name;
    next_label(p);
    return name.len && utf8_valid(name) ? name : none;
}

/* ---- uses ---- */

static void put_name_id(Printer *p, const uint8_t *name, size_t len, bool quoted) {
    print_char(p, '$');
    if (WT_LIKELY(!quoted)) {
        buf_bytes(p->out, name, len);
        return;
    }
    print_char(p, '"');
    put_string_contents(p, name, len, true);
    print_char(p, '"');
}

void wt_print_id(Printer *p, const IdTable *t, uint32_t index) {
    const Id *id = &t->ids[index];
    if (WT_LIKELY(!(id->form & (ID_altered | ID_made_up)))) {
        put_name_id(p, id->name, id->len, id->form & ID_quoted);
        return;
    }
    if (id->form & ID_quoted) {
        print_str(p, "$\"");
        put_string_contents(p, id->name, id->len, true);
        for (unsigned i = 0; i < id->marks; i++)
            print_char(p, '#');
        wt_buf_dec(p->out, index);
        print_char(p, '"');
        return;
    }
    print_char(p, '$');
    put_id_text(p->out, t, index, id);
}

void wt_print_label_name(Printer *p, Slice name) {
    print_char(p, ' ');
    put_name_id(p, name.data, name.len, id_form(name.data, name.len) & ID_quoted);
}

static void put_ref(Printer *p, const IdTable *t, uint32_t index) {
    if (!print_find_id(t, index)) {
        wt_print_u64(p, index);
        return;
    }
    print_char(p, ' ');
    wt_print_id(p, t, index);
}

void wt_print_ref(Printer *p, NameKind kind, uint32_t index) { put_ref(p, &p->ids[kind], index); }

void wt_print_field_ref(Printer *p, uint32_t typeidx, uint32_t fieldidx) {
    if (p->fields && typeidx < p->m->type_count)
        put_ref(p, &p->fields[typeidx], fieldidx);
    else
        wt_print_u64(p, fieldidx);
}

void wt_print_definition(Printer *p, const IdTable *t, uint32_t index, bool comment) {
    const Id *id = print_find_id(t, index);
    if (id) {
        print_char(p, ' ');
        wt_print_id(p, t, index);
    }
    if (comment || (p->o->indices && !id)) {
        print_str(p, " (;");
        wt_buf_dec(p->out, index);
        print_str(p, ";)");
    }
    if (id && (id->form & ID_altered) && !p->o->no_annotations) {
        print_str(p, " (@name ");
        wt_print_string(p, slice(id->name, id->len), true);
        print_char(p, ')');
    }
}

void wt_print_module_name(Printer *p) {
    print_str(p, "(module");
    Slice name = wt_names_find(p->m, NAME_module, 0);
    if (!p->o->names || !name.data || !utf8_valid(name))
        return;
    if (name.len)
        wt_print_label_name(p, name);
    else if (!p->o->no_annotations)
        print_str(p, " (@name \"\")");
}
