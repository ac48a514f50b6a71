/* Parts are taken from the front of the newest space and never given back; a large one gets a space
   of its own. Untouched pages cost nothing, so that the sizes are about addresses only. */
#include "jit/codespace.h"

#include "run/codemap.h"

enum {
    CODESPACE_first = 1 << 20,
    CODESPACE_later = 16 << 20,
    CODESPACE_large = 1 << 20, /* a part that is larger lies alone */
    CODESPACE_data = 16,       /* bytes of code for each of data */
    CODESPACE_align = 64,
};

static CodeSpace *new_space(Store *s, bool for_perf, const CodeFront *front, size_t size,
                            size_t data) {
    CodeSpace *space = allocator_get(&s->allocator, sizeof *space);
    if (!space)
        return NULL;
    *space = (CodeSpace){.for_perf = for_perf};
    OsCode *m = &space->memory;
    bool made = front
                    ? wt_os_code_new_behind(m, front->code, front->size, front->mapped, size, data)
                : for_perf ? wt_os_code_new_for_perf(m, size, data)
                           : wt_os_code_new(m, size, data);
    if (made) {
        const uint8_t *run = space->memory.run;
        if (wt_codemap_add(run, run + space->memory.size, s))
            return space;
        wt_os_code_free(&space->memory);
    }
    allocator_free(&s->allocator, space, sizeof *space);
    return NULL;
}

static bool has_room(const CodeSpace *space, bool for_perf, size_t size, size_t data) {
    return space && space->for_perf == for_perf && size <= space->memory.size - space->used &&
           data <= space->memory.data_size - space->data_used;
}

/* A space with one part goes behind the newest, which may have room for others. */
static void add_space(CodeSpace **spaces, CodeSpace *space, bool alone) {
    bool behind = alone && *spaces;
    space->next = behind ? (*spaces)->next : *spaces;
    *(behind ? &(*spaces)->next : spaces) = space;
}

bool wt_codespace_take(Store *s, CodeSpace **spaces, bool for_perf, size_t size, size_t data,
                       CodePart *out) {
    data = (data + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
    size = WT_MAX(size, data * CODESPACE_data);
    size = (size + CODESPACE_align - 1) & ~(size_t)(CODESPACE_align - 1);
    bool large = size > CODESPACE_large;
    CodeSpace *space = *spaces;
    if (large || !has_room(space, for_perf, size, data)) {
        size_t shared = *spaces ? CODESPACE_later : CODESPACE_first;
        space = large ? new_space(s, for_perf, NULL, size, data)
                      : new_space(s, for_perf, NULL, shared, shared / CODESPACE_data);
        if (!space)
            return false;
        add_space(spaces, space, large);
    }
    *out = (CodePart){.space = space,
                      .next = space->parts,
                      .run = space->memory.run + space->used,
                      .size = size,
                      .data = space->memory.data + space->data_used};
    space->parts = out;
    space->used += size;
    space->data_used += data;
    return true;
}

bool wt_codespace_take_alone(Store *s, CodeSpace **spaces, const CodeFront *front, size_t size,
                             size_t data, CodePart *out) {
    CodeSpace *space = new_space(s, false, front, size, data);
    if (!space)
        return false;
    add_space(spaces, space, true);
    const OsCode *m = &space->memory;
    *out = (CodePart){
        .space = space, .run = m->run, .front = m->front, .size = m->size, .data = m->data};
    space->parts = out;
    space->used = m->size;
    space->data_used = m->data_size;
    return true;
}

void wt_codespace_forget(CodePart *part) {
    if (!part->space)
        return;
    CodePart **p = &part->space->parts;
    while (*p != part)
        p = &(*p)->next;
    *p = part->next;
    part->space = NULL;
}

void wt_codespace_discard(const CodePart *p, size_t to) {
    size_t at = (size_t)(p->run - p->space->memory.run);
    wt_os_code_discard(&p->space->memory, at + p->front, at + to);
}

/* Only what is used: the rest would become memory by being read. */
static void copy_parts(void *user, uint8_t *to) {
    const CodeSpace *space = user;
    for (const CodePart *p = space->parts; p; p = p->next) {
        size_t at = (size_t)(p->run - space->memory.run) + p->front - space->memory.front;
        if (p->used > p->front)
            memcpy(to + at, p->run + p->front, p->used - p->front);
    }
}

bool wt_codespace_own(const CodePart *p) {
    return wt_os_code_own(&p->space->memory, copy_parts, p->space);
}

void wt_codespace_free(Store *s, CodeSpace **spaces) {
    for (CodeSpace *next, *space = *spaces; space; space = next) {
        next = space->next;
        wt_codemap_remove(space->memory.run);
        wt_os_code_free(&space->memory);
        allocator_free(&s->allocator, space, sizeof *space);
    }
    *spaces = NULL;
}
