/* The list of problems. Texts live in the Diag's own arena. */
#include "wasm/diag.h"

static const ErrorInfo error_rows[] = {
    {ERR_none, CLASS_WARNING, "none", ""},
#define ERR(code, ident, class, text) {code, CLASS_##class, #ident, text},
#include "wasm/errors.def"
#undef ERR
};

const ErrorInfo *wt_error_info(ErrorCode code) {
    for (size_t i = 0; i < WT_COUNT(error_rows); i++)
        if (error_rows[i].code == code)
            return &error_rows[i];
    return &error_rows[0];
}

const char *wt_error_class_name(ErrorClass class) {
    static const char *const names[] = {"malformed", "invalid", "limit",  "custom",
                                        "resource",  "usage",   "warning"};
    return names[class];
}

void wt_diag_init(Diag *d, const Allocator *allocator) {
    memset(d, 0, sizeof *d);
    d->most = DIAG_USUAL;
    wt_arena_init(&d->arena, allocator);
}

void wt_diag_free(Diag *d) {
    const Allocator *allocator = d->arena.allocator;
    wt_arena_free(&d->arena);
    wt_diag_init(d, allocator);
}

void wt_diag_oom(Diag *d) {
    if (d->out_of_memory)
        return;
    d->out_of_memory = true;
    d->errors++;
}

/* A printf into the arena; NULL (and out_of_memory set) when there is none. */
static const char *diag_text(Diag *d, const char *lead, const char *fmt, va_list args) {
    Buf b;
    wt_buf_init(&b, d->arena.allocator);
    buf_str(&b, lead);
    if (fmt && lead[0])
        buf_str(&b, ": ");
    size_t at = b.len;
    if (fmt)
        wt_buf_vprintf(&b, fmt, args);
    /* What counts is how the finished detail begins: callers pass whole ones through "%s". */
    if (fmt && lead[0] && !b.failed && b.len > at && memchr(" :,", b.data[at], 3)) {
        memmove(b.data + at - 2, b.data + at, b.len - at);
        b.len -= 2;
    }
    Slice s = wt_arena_copy(&d->arena, b.data, b.len);
    if (b.failed || !s.data)
        wt_diag_oom(d);
    wt_buf_free(&b);
    return (const char *)s.data;
}

DiagEntry *wt_diag_add(Diag *d, ErrorCode code, uint64_t at, uint64_t len, const char *detail,
                       ...) {
    const ErrorInfo *info = wt_error_info(code);
    if (code == ERR_out_of_memory) {
        wt_diag_oom(d);
        return NULL;
    }
    if (info->class == CLASS_WARNING)
        d->warnings++;
    else
        d->errors++;
    /* Warnings never crowd out an error. */
    uint32_t room = info->class == CLASS_WARNING ? d->most / 2 : d->most;
    if (d->count >= room)
        return NULL;
    va_list args;
    va_start(args, detail);
    const char *text = diag_text(d, info->text, detail, args);
    va_end(args);
    DiagEntry *e = text ? ARENA_NEW(&d->arena, DiagEntry) : NULL;
    if (!e) {
        wt_diag_oom(d);
        return NULL;
    }
    e->code = (uint16_t)code;
    e->at = at;
    e->len = len;
    e->text = text;
    d->entries[d->count++] = e;
    return e;
}

DiagNote *wt_diag_note(Diag *d, DiagEntry *e, uint64_t at, uint64_t len, const char *text, ...) {
    if (!e || e->note_count == DIAG_NOTES)
        return NULL;
    va_list args;
    va_start(args, text);
    const char *copy = diag_text(d, "", text, args);
    va_end(args);
    if (!copy)
        return NULL;
    DiagNote *n = &e->notes[e->note_count++];
    *n = (DiagNote){.at = at, .len = len, .text = copy};
    return n;
}

void wt_diag_fix(Diag *d, DiagEntry *e, uint64_t at, uint64_t len, const char *replacement) {
    if (!e)
        return;
    Slice copy = wt_arena_copy(&d->arena, replacement, strlen(replacement));
    if (!copy.data) {
        wt_diag_oom(d);
        return;
    }
    e->fix = (const char *)copy.data;
    e->fix_at = at;
    e->fix_len = len;
}

const DiagEntry *wt_diag_first(const Diag *d) {
    for (uint32_t i = 0; i < d->count; i++)
        if (wt_error_info(d->entries[i]->code)->class != CLASS_WARNING)
            return d->entries[i];
    return NULL;
}

/* Few entries: insertion sort, stable. */
void wt_diag_sort(Diag *d) {
    for (uint32_t i = 1; i < d->count; i++) {
        DiagEntry *e = d->entries[i];
        uint32_t k = i;
        for (; k > 0 && d->entries[k - 1]->at > e->at; k--)
            d->entries[k] = d->entries[k - 1];
        d->entries[k] = e;
    }
}

void wt_diag_merge(Diag *d, const Diag *from) {
    d->warnings += from->warnings;
    d->errors += from->errors - from->out_of_memory;
    if (from->out_of_memory)
        wt_diag_oom(d);
    for (uint32_t i = 0; i < from->count && d->count < d->most; i++) {
        DiagEntry *e = ARENA_NEW(&d->arena, DiagEntry);
        if (!e) {
            wt_diag_oom(d);
            return;
        }
        *e = *from->entries[i];
        const char **texts[DIAG_NOTES + 2] = {&e->text, &e->fix};
        for (size_t k = 0; k < e->note_count; k++)
            texts[k + 2] = &e->notes[k].text;
        for (size_t k = 0; k < (size_t)e->note_count + 2; k++) {
            if (!*texts[k])
                continue;
            Slice copy = wt_arena_copy(&d->arena, *texts[k], strlen(*texts[k]));
            if (!copy.data) {
                wt_diag_oom(d);
                return;
            }
            *texts[k] = (const char *)copy.data;
        }
        d->entries[d->count++] = e;
    }
}
