/* Who is told of machine code, for wattle_store_watch_code: names, and source lines where the
   module has a line table. The rows of a module's table are kept sorted by address, from the first
   function on; a function has a line wherever its instructions come to another one. Path:
   jit/native.c -> here. */
#include "api/inside.h"
#include "run/lines.h"

typedef struct CodeRow {
    uint64_t from, to;
    uint32_t line, column;
    Slice directory, file;
} CodeRow;

/* A module and its rows. */
typedef struct WatchedModule WatchedModule;
struct WatchedModule {
    WatchedModule *next;
    const Code *code;
    CodeRow *rows;
    size_t count, cap;
    bool failed; /* no memory: no lines */
};

typedef struct CodeWatch {
    ApiWatch base;
    wattle_code_fn fn;
    void *user;
    bool lines;
    wattle_store *store;
    WatchedModule *modules;
    wattle_code_line *told; /* of the last function */
    size_t told_cap;
} CodeWatch;

/* ---- rows ---- */

typedef struct RowTaker {
    WatchedModule *module;
    const Allocator *allocator;
} RowTaker;

static void take_code_row(void *user, const LinePlace *p, uint64_t end) {
    const RowTaker *t = user;
    WatchedModule *w = t->module;
    if (w->failed ||
        !wt_vec_grow(t->allocator, (void **)&w->rows, &w->cap, w->count, sizeof *w->rows)) {
        w->failed = true;
        return;
    }
    w->rows[w->count++] = (CodeRow){p->address, end, p->line, p->column, p->directory, p->file};
}

/* Most tables are sorted but for their sequences: merge sort by runs would be more than it is
   worth; a heap needs no more memory. */
static void sift_row(CodeRow *rows, size_t at, size_t count) {
    CodeRow moved = rows[at];
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && rows[child + 1].from > rows[child].from)
            child++;
        if (rows[child].from <= moved.from)
            break;
        rows[at] = rows[child];
    }
    rows[at] = moved;
}
static void sort_rows(CodeRow *rows, size_t count) {
    bool sorted = true;
    for (size_t i = 1; i < count && sorted; i++)
        sorted = rows[i - 1].from <= rows[i].from;
    if (sorted)
        return;
    for (size_t i = count / 2; i-- > 0;)
        sift_row(rows, i, count);
    for (size_t end = count; end-- > 1;) {
        CodeRow last = rows[end];
        rows[end] = rows[0];
        rows[0] = last;
        sift_row(rows, 0, end);
    }
}

/* NULL: there are none, or no memory. */
static const WatchedModule *watched_rows(CodeWatch *c, const Code *code) {
    for (const WatchedModule *w = c->modules; w; w = w->next)
        if (w->code == code)
            return w;
    WatchedModule *w = allocator_get(&c->store->allocator, sizeof *w);
    if (!w)
        return NULL;
    *w = (WatchedModule){.next = c->modules, .code = code};
    c->modules = w;
    RowTaker taker = {w, &c->store->allocator};
    wt_lines_each(code->module, take_code_row, &taker);
    sort_rows(w->rows, w->count);
    return w;
}

static const CodeRow *row_at(const WatchedModule *w, uint64_t address) {
    size_t from = 0, to = w->count;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (w->rows[middle].from <= address)
            from = middle + 1;
        else
            to = middle;
    }
    const CodeRow *r = from ? &w->rows[from - 1] : NULL;
    return r && address < r->to ? r : NULL;
}

static bool same_line(const wattle_code_line *l, const CodeRow *r) {
    return l->line == r->line && l->column == r->column &&
           l->file.data == (const char *)r->file.data;
}

/* The lines of a function into c->told; how many. */
static size_t find_code_lines(CodeWatch *c, const MadeCode *made) {
    size_t count = 0;
    const Module *m = made->code->module;
    uint64_t base = wt_lines_address(m, made->funcidx, 0);
    const WatchedModule *w = base == UINT64_MAX ? NULL : watched_rows(c, made->code);
    for (uint32_t i = 0; w && i < made->note_count; i++) {
        const CodeNote *n = &made->notes[i];
        const CodeRow *r = n->offset ? row_at(w, base + n->offset) : NULL;
        if (!r || (count && same_line(&c->told[count - 1], r)))
            continue;
        if (count && c->told[count - 1].offset == n->at)
            count--; /* it had no code */
        if (!wt_vec_grow(&c->store->allocator, (void **)&c->told, &c->told_cap, count,
                         sizeof *c->told))
            return 0;
        c->told[count++] = (wattle_code_line){.offset = n->at,
                                              .line = r->line,
                                              .column = r->column,
                                              .directory = string_of(r->directory),
                                              .file = string_of(r->file)};
    }
    return count;
}

/* ---- what is told ---- */

static const wattle_module *module_of_code(const wattle_store *s, const Code *code) {
    for (size_t i = 0; i < s->loaded_count; i++)
        if (s->loaded[i].code == code)
            return s->loaded[i].module;
    return NULL;
}

static void tell_made(void *user, const MadeCode *made) {
    CodeWatch *c = user;
    char number[32];
    wattle_code out = {.address = made->address,
                       .code_size = made->size,
                       .func_index = made->funcidx,
                       .stub = made->stub,
                       .machine = made->machine};
    out.size = sizeof out;
    if (made->code) {
        out.module = module_of_code(c->store, made->code);
        if (out.module)
            out.module_name = wattle_module_name(out.module);
        if (out.module && !out.module_name.len)
            out.module_name = (wattle_string){out.module->name, strlen(out.module->name)};
    }
    if (made->stub) {
        out.name = (wattle_string){made->name, strlen(made->name)};
    } else {
        if (out.module)
            out.name = wattle_module_func_name(out.module, made->funcidx);
        if (!out.name.len) {
            Buf b;
            wt_buf_init(&b, &c->store->allocator);
            wt_buf_printf(&b, "func[%u]", (unsigned)made->funcidx);
            size_t len = WT_MIN(b.len, sizeof number);
            if (len)
                memcpy(number, b.data, len);
            wt_buf_free(&b);
            out.name = (wattle_string){number, len};
        }
        if (c->lines)
            out.line_count = find_code_lines(c, made);
        out.lines = c->told;
    }
    c->fn(c->user, &out);
}

/* ---- its life ---- */

static bool copy_watch(wattle_store *to, const wattle_store *from) {
    const CodeWatch *c = (const CodeWatch *)from->watch;
    return wattle_store_watch_code(to, c->fn, c->user, c->lines) == WATTLE_OK;
}

static void free_watch(wattle_store *s) {
    CodeWatch *c = (CodeWatch *)s->watch;
    const Allocator *al = &s->allocator;
    for (WatchedModule *next, *w = c->modules; w; w = next) {
        next = w->next;
        allocator_free(al, w->rows, w->cap * sizeof *w->rows);
        allocator_free(al, w, sizeof *w);
    }
    allocator_free(al, c->told, c->told_cap * sizeof *c->told);
    allocator_free(al, c, sizeof *c);
    s->watch = NULL;
}

wattle_status wattle_store_watch_code(wattle_store *store, wattle_code_fn fn, void *user,
                                      bool lines) {
    wattle_store *s = store;
    if (s->loaded_count)
        return wt_api_fail(s, WATTLE_USAGE, "the store has modules already");
    if (s->watch)
        s->watch->free(s);
    s->run->maker = (StoreMaker){0};
    if (!fn)
        return WATTLE_OK;
    CodeWatch *c = allocator_get(&s->allocator, sizeof *c);
    if (!c)
        return WATTLE_OUT_OF_MEMORY;
    *c = (CodeWatch){
        .base = {copy_watch, free_watch}, .fn = fn, .user = user, .lines = lines, .store = s};
    s->watch = &c->base;
    s->run->maker = (StoreMaker){tell_made, c, lines};
    return WATTLE_OK;
}
