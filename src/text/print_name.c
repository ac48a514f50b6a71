/* Identifiers from the name section: legal, unique in their space, and with (@name "…") wherever
   the identifier is not the name itself. Names that are not UTF-8 are no identifiers. */
#include "base/utf8.h"
#include "text/print_inside.h"

/* The characters an identifier may have (spec 6.3.5). */
static bool id_char(uint8_t c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))
        return true;
    return c && strchr("!#$%&'*+-./:<=>?@\\^_`|~", c) != NULL;
}

void wt_print_id(Printer *p, Slice name) {
    size_t i = 0;
    while (i < name.len && id_char(name.data[i]))
        i++;
    buf_u8(p->out, '$');
    if (i == name.len && name.len)
        buf_slice(p->out, name);
    else
        wt_print_string(p, name, true);
}

void wt_print_string(Printer *p, Slice s, bool name) {
    buf_u8(p->out, '"');
    size_t i = 0;
    while (i < s.len) {
        size_t start = i;
        while (i < s.len && s.data[i] >= 0x20 && s.data[i] < 0x7F && s.data[i] != '"' &&
               s.data[i] != '\\')
            i++;
        buf_bytes(p->out, s.data + start, i - start);
        if (i == s.len)
            break;
        size_t used = 1;
        uint8_t c = s.data[i];
        if (name && c >= 0x80)
            wt_utf8_decode(s.data + i, s.len - i, &used);
        if (used > 1) {
            buf_bytes(p->out, s.data + i, used);
        } else {
            buf_u8(p->out, '\\');
            if (c == '"' || c == '\\')
                buf_u8(p->out, c);
            else if (c == '\n' || c == '\t')
                buf_u8(p->out, c == '\n' ? 'n' : 't');
            else
                wt_buf_hex(p->out, c, 2);
        }
        i += used;
    }
    buf_u8(p->out, '"');
}

/* ---- tables
 * --------------------------------------------------------------------------------------------------------
 */

static void keep_real(Arena *a, IdTable *t, uint32_t index, Slice name) {
    if (!t->real)
        t->real = ARENA_ARRAY(a, Slice, t->count);
    if (t->real)
        t->real[index] = name.data ? name : slice("", 0);
}

/* Gives an index its identifier. `seen` counts how often each text was wanted. */
static void add_id(Arena *a, IdTable *t, Map *seen, uint32_t index, Slice name) {
    if (index >= t->count || !utf8_valid(name) || t->ids[index].data)
        return;
    Slice id = name;
    Buf b;
    wt_buf_init(&b, a->allocator);
    if (!name.len) {
        buf_str(&b, "#");
        wt_buf_dec(&b, index);
        id = wt_arena_copy(a, b.data, b.len);
    }
    uint32_t *times;
    while (id.data && (times = wt_map_add(seen, id, 1)) != NULL) {
        b.len = 0;
        buf_slice(&b, name);
        buf_u8(&b, '#');
        wt_buf_dec(&b, (*times)++);
        id = b.failed ? slice(NULL, 0) : wt_arena_copy(a, b.data, b.len);
    }
    wt_buf_free(&b);
    if (id.data != name.data)
        keep_real(a, t, index, name);
    t->ids[index] = id;
}

static bool make_table(Printer *p, Arena *a, IdTable *t, uint32_t count, NameWalk walk) {
    if (!walk.left || !count)
        return true;
    *t = (IdTable){.ids = ARENA_ARRAY(a, Slice, count), .count = count};
    if (!t->ids)
        return false;
    Map seen;
    wt_map_init(&seen, p->allocator);
    uint32_t index;
    Slice name;
    while (wt_names_next(&walk, &index, &name))
        add_id(a, t, &seen, index, name);
    bool ok = !seen.failed && !a->failed;
    wt_map_free(&seen);
    return ok;
}

/* Made-up identifiers for what has none. */
static bool generate_ids(Printer *p, NameKind kind, uint32_t count, const char *word) {
    IdTable *t = &p->ids[kind];
    if (!t->ids) {
        *t = (IdTable){.ids = ARENA_ARRAY(&p->arena, Slice, count), .count = count};
        if (!t->ids)
            return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        char text[32];
        Buf b = {.data = (uint8_t *)text, .cap = sizeof text};
        if (t->ids[i].data)
            continue;
        buf_u8(&b, '#');
        buf_str(&b, word);
        wt_buf_dec(&b, i);
        t->ids[i] = wt_arena_copy(&p->arena, text, b.len);
    }
    return !p->arena.failed;
}

static bool make_fields(Printer *p) {
    const Module *m = p->m;
    NameWalk outer = wt_names_walk(m->names.sub[NAME_field]), inner;
    uint32_t type;
    if (!outer.left)
        return true;
    p->fields = ARENA_ARRAY(&p->arena, IdTable, m->type_count);
    if (!p->fields)
        return false;
    while (wt_names_next_outer(&outer, &type, &inner)) {
        if (type >= m->type_count || m->types[type].kind != TYPE_struct || p->fields[type].ids)
            continue;
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
    bool ok = true;
    for (size_t i = 0; i < WT_COUNT(spaces) && ok; i++) {
        NameKind kind = spaces[i].kind;
        if (p->o->names)
            ok = make_table(p, &p->arena, &p->ids[kind], spaces[i].count,
                            wt_names_walk(m->names.sub[kind]));
        if (p->o->generate_names && ok)
            ok = generate_ids(p, kind, spaces[i].count, spaces[i].word);
    }
    if (!p->o->names || !ok)
        return ok;
    p->local_walk = wt_names_walk(m->names.sub[NAME_local]);
    p->label_walk = wt_names_walk(m->names.sub[NAME_label]);
    next_outer(&p->local_walk, &p->local_func, &p->local_names);
    next_outer(&p->label_walk, &p->label_func, &p->label_names);
    return make_fields(p);
}

void wt_print_local_names(Printer *p, uint32_t funcidx, uint32_t local_count) {
    p->ids[NAME_local] = (IdTable){0};
    while (p->local_func != UINT32_MAX && p->local_func < funcidx)
        next_outer(&p->local_walk, &p->local_func, &p->local_names);
    if (p->local_func == funcidx)
        make_table(p, &p->scratch, &p->ids[NAME_local], local_count, p->local_names);
}

void wt_print_label_names(Printer *p, uint32_t funcidx) {
    while (p->label_func != UINT32_MAX && p->label_func < funcidx)
        next_outer(&p->label_walk, &p->label_func, &p->label_names);
    p->label_ordinal = 0;
    p->label_next = (NameWalk){0};
    p->label_next_at = UINT32_MAX;
    if (p->label_func != funcidx)
        return;
    p->label_next = p->label_names;
    if (!wt_names_next(&p->label_next, &p->label_next_at, &p->label_next_name))
        p->label_next_at = UINT32_MAX;
}

Slice wt_print_next_label(Printer *p) {
    uint32_t ordinal = p->label_ordinal++;
    if (ordinal != p->label_next_at)
        return (Slice){NULL, 0};
    Slice name = p->label_next_name;
    if (!wt_names_next(&p->label_next, &p->label_next_at, &p->label_next_name))
        p->label_next_at = UINT32_MAX;
    return utf8_valid(name) && name.len ? name : (Slice){NULL, 0};
}

/* ---- uses
 * ----------------------------------------------------------------------------------------------------------
 */

static void put_ref(Printer *p, const IdTable *t, uint32_t index) {
    buf_u8(p->out, ' ');
    if (index < t->count && t->ids[index].data)
        wt_print_id(p, t->ids[index]);
    else
        wt_buf_dec(p->out, index);
}

void wt_print_ref(Printer *p, NameKind kind, uint32_t index) { put_ref(p, &p->ids[kind], index); }

void wt_print_field_ref(Printer *p, uint32_t typeidx, uint32_t fieldidx) {
    static const IdTable none;
    put_ref(p, p->fields && typeidx < p->m->type_count ? &p->fields[typeidx] : &none, fieldidx);
}

void wt_print_definition(Printer *p, const IdTable *t, uint32_t index, bool comment) {
    bool named = index < t->count && t->ids[index].data;
    if (named) {
        buf_u8(p->out, ' ');
        wt_print_id(p, t->ids[index]);
    }
    if (comment || (p->o->indices && !named)) {
        print_str(p, " (;");
        wt_buf_dec(p->out, index);
        print_str(p, ";)");
    }
    if (named && t->real && t->real[index].data && !p->o->no_annotations) {
        print_str(p, " (@name ");
        wt_print_string(p, t->real[index], true);
        buf_u8(p->out, ')');
    }
}
