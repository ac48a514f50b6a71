/* Everything that clauses can say, for test/pack/run.py: built by clang for wasm32, without a C
   library. */
#include "wattle_bind.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))
#define IMPORT(module, name) __attribute__((import_module(module), import_name(name)))

WATTLE_BIND("package \"@me/all\"; alloc \"take_bytes\"; free \"give_bytes\";")

/* ---- memory: pieces in lists by their size, and how many are out ---- */

extern char __heap_base;
static char *heap_end;
static int32_t out_count;
struct piece {
    struct piece *next;
};
static struct piece *free_pieces[32];

static unsigned class_of(size_t size) {
    unsigned c = 4;
    while (((size_t)1 << c) < size)
        c++;
    return c;
}

EXPORT("take_bytes") void *take_bytes(size_t size, size_t alignment) {
    (void)alignment;
    unsigned c = class_of(size);
    out_count++;
    if (free_pieces[c]) {
        struct piece *p = free_pieces[c];
        free_pieces[c] = p->next;
        return p;
    }
    if (!heap_end)
        heap_end = (char *)(((uintptr_t)&__heap_base + 15) & ~(uintptr_t)15);
    char *at = heap_end;
    size_t need = (size_t)1 << c;
    size_t have = __builtin_wasm_memory_size(0) << 16;
    if ((uintptr_t)at + need > have &&
        __builtin_wasm_memory_grow(0, (need >> 16) + 1) == (size_t)-1)
        return NULL;
    heap_end = at + need;
    return at;
}

EXPORT("give_bytes") void give_bytes(void *at, size_t size, size_t alignment) {
    (void)alignment;
    if (!at || !size)
        return;
    out_count--;
    struct piece *p = at;
    unsigned c = class_of(size);
    p->next = free_pieces[c];
    free_pieces[c] = p;
}

/* How many pieces are out: what leaks stays. */
EXPORT("taken") int32_t taken(void) { return out_count; }

/* ---- numbers ---- */

WATTLE_BIND("export negate(b: bool) -> bool;"
            "export next(c: char) -> char;"
            "export \"wrap8\" as wrap8(n: u32) -> u8;"
            "export wrap16(n: u32) -> s16;"
            "export half_u64(n: u64) -> u64;"
            "export twice(n: s64 number) -> s64 number;"
            "export as_u32(n: s32) -> u32;")
EXPORT("negate") int32_t negate(int32_t b) { return !b; }
EXPORT("next") int32_t next(int32_t c) { return c + 1; }
EXPORT("wrap8") uint32_t wrap8(uint32_t n) { return n; }
EXPORT("wrap16") uint32_t wrap16(uint32_t n) { return n; }
EXPORT("half_u64") uint64_t half_u64(uint64_t n) { return n / 2; }
EXPORT("twice") int64_t twice(int64_t n) { return 2 * n; }
EXPORT("as_u32") int32_t as_u32(int32_t n) { return n; }
EXPORT("plain") int64_t plain(int32_t a, double b) { return a + (int64_t)b; }
EXPORT("delete") int32_t delete_it(void) { return 7; }
EXPORT("odd name-1") int32_t odd_name(void) { return 8; }

/* ---- strings ---- */

struct text {
    char *data;
    size_t size;
};

WATTLE_BIND("export greet(name: string) -> own string;"
            "export packed(name: string) -> own string;"
            "export upper16(name: string16) -> own string16;"
            "export measure(name: cstring) -> u32;"
            "export motto() -> cstring;"
            "export maybe(name: option string) -> option string;"
            "export keep(name: own string);"
            "export kept() -> string;")
static struct text join(const char *a, size_t n, const char *b, size_t m) {
    struct text t = {take_bytes(n + m, 1), n + m};
    for (size_t i = 0; i < n; i++)
        t.data[i] = a[i];
    for (size_t i = 0; i < m; i++)
        t.data[n + i] = b[i];
    return t;
}
EXPORT("greet") void greet(const char *name, size_t size, struct text *result) {
    *result = join("Hello, ", 7, name, size);
}
EXPORT("packed") uint64_t packed(const char *name, size_t size) {
    struct text t = join(name, size, "!", 1);
    return (uint64_t)t.size << 32 | (uintptr_t)t.data;
}
EXPORT("upper16") void upper16(const uint16_t *name, size_t count, struct text *result) {
    uint16_t *copy = take_bytes(2 * count, 2);
    for (size_t i = 0; i < count; i++)
        copy[i] = name[i] >= 'a' && name[i] <= 'z' ? (uint16_t)(name[i] - 32) : name[i];
    *result = (struct text){(char *)copy, count};
}
EXPORT("measure") uint32_t measure(const char *name) {
    uint32_t n = 0;
    while (name[n])
        n++;
    return n;
}
EXPORT("motto") const char *motto(void) { return "small is beautiful"; }
EXPORT("maybe") void maybe(const char *name, size_t size, struct text *result) {
    *result = name ? (struct text){(char *)name, size} : (struct text){NULL, 0};
}
static struct text kept_text;
EXPORT("keep") void keep(char *name, size_t size) { kept_text = (struct text){name, size}; }
EXPORT("kept") void kept(struct text *result) { *result = kept_text; }

/* ---- lists and views ---- */

WATTLE_BIND("export sum(values: list f64) -> f64;"
            "export range(n: u32) -> own list u32;"
            "export total_length(words: list string) -> u32;"
            "export cells() -> view u8[width() * 2];"
            "export width() -> u32;"
            "export grow_memory() -> bool;")
EXPORT("sum") double sum(const double *values, size_t count) {
    double s = 0;
    for (size_t i = 0; i < count; i++)
        s += values[i];
    return s;
}
EXPORT("range") void range(uint32_t n, struct text *result) {
    uint32_t *list = take_bytes(4 * n, 4);
    for (uint32_t i = 0; i < n; i++)
        list[i] = i * i;
    *result = (struct text){(char *)list, n};
}
EXPORT("total_length") uint32_t total_length(const struct text *words, size_t count) {
    uint32_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += (uint32_t)words[i].size;
    return n;
}
static uint8_t cell_bytes[8];
EXPORT("cells") uint8_t *cells(void) { return cell_bytes; }
EXPORT("width") uint32_t width(void) { return 4; }
EXPORT("grow_memory") int32_t grow_memory(void) {
    cell_bytes[0]++;
    return __builtin_wasm_memory_grow(0, 1) != (size_t)-1;
}

/* ---- records and enums ---- */

WATTLE_BIND("enum Direction { up, down = 4, left }"
            "record Point { x: f64, y: f64, name: string, next: option s32, open: bool }"
            "export turn(d: Direction) -> Direction;"
            "export move_by(p: Point, dx: f64) -> Point;"
            "export centre(points: list Point) -> f64;")
struct point {
    double x, y;
    struct text name;
    struct {
        int32_t some, value;
    } next;
    bool open;
};
EXPORT("turn") int32_t turn(int32_t d) { return d == 0 ? 4 : d == 4 ? 5 : 0; }
static struct point moved;
EXPORT("move_by") struct point *move_by(const struct point *p, double dx) {
    moved = *p;
    moved.x += dx;
    moved.next.some = !p->next.some;
    moved.next.value++;
    moved.open = !p->open;
    moved.name = (struct text){"moved", 5};
    return &moved;
}
EXPORT("centre") double centre(const struct point *points, size_t count) {
    double x = 0;
    for (size_t i = 0; i < count; i++)
        x += points[i].x + points[i].next.value;
    return x / (double)count;
}

/* ---- results, options ---- */

WATTLE_BIND("export parse(text: string) -> result s32, string;"
            "export check(n: s32) -> result;"
            "export find(n: s32) -> option f64;"
            "export given(n: option f64) -> f64;")
struct parsed {
    int32_t failed, value;
    struct text why;
};
EXPORT("parse") void parse(const char *text, size_t size, struct parsed *result) {
    *result = (struct parsed){0, 0, {"", 0}};
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') {
            *result = (struct parsed){1, 0, {"no digit", 8}};
            return;
        }
        result->value = result->value * 10 + text[i] - '0';
    }
}
EXPORT("check") int32_t check(int32_t n) { return n < 0 ? 3 : 0; }
struct found {
    int32_t some;
    double value;
};
EXPORT("find") void find(int32_t n, struct found *result) {
    *result = (struct found){n > 0, 0.5 * n};
}
EXPORT("given") double given(int32_t some, double value) { return some ? value : -1; }

/* ---- classes ---- */

WATTLE_BIND("class Board free \"board_free\";"
            "export board_new as Board.new(width: u32, height: u32) -> Board;"
            "export board_of as Board.of(text: string) -> own Board;"
            "export board_set as Board.set(self, at: u32, on: bool);"
            "export board_size as Board.size(self) -> u32;"
            "export board_cells as Board.cells(self) -> view u8[self.size()];"
            "export board_merge as Board.merge(self, other: own Board) -> u32;"
            "export board_count() -> u32;")
struct board {
    uint32_t width, height;
    uint8_t cells[64];
};
static uint32_t boards;
EXPORT("board_new") struct board *board_new(uint32_t w, uint32_t h) {
    if (w * h > 64)
        return NULL;
    struct board *b = take_bytes(sizeof *b, 4);
    boards++;
    b->width = w;
    b->height = h;
    for (uint32_t i = 0; i < 64; i++)
        b->cells[i] = 0;
    return b;
}
EXPORT("board_of") struct board *board_of(const char *text, size_t size) {
    struct board *b = board_new((uint32_t)size, 1);
    for (size_t i = 0; i < size; i++)
        b->cells[i] = text[i] == '#';
    return b;
}
EXPORT("board_free") void board_free(struct board *b) {
    boards--;
    give_bytes(b, sizeof *b, 4);
}
EXPORT("board_set") void board_set(struct board *b, uint32_t at, int32_t on) {
    b->cells[at] = (uint8_t)on;
}
EXPORT("board_size") uint32_t board_size(struct board *b) { return b->width * b->height; }
EXPORT("board_cells") uint8_t *board_cells(struct board *b) { return b->cells; }
EXPORT("board_merge") uint32_t board_merge(struct board *b, struct board *other) {
    uint32_t n = b->width * b->height + other->width * other->height;
    board_free(other);
    return n;
}
EXPORT("board_count") uint32_t board_count(void) { return boards; }

/* ---- imports and callbacks ---- */

WATTLE_BIND("import \"js\" \"random\" = Math.random () -> f64;"
            "import \"js\" \"hypot\" = Math.hypot (a: f64, b: f64) -> f64;"
            "import \"js\" \"encode\" = encodeURIComponent (text: string) -> string;"
            "import \"js\" \"decode\" = decodeURIComponent (text: string) -> result string, string;"
            "import \"js\" \"call\" = callback (f64) -> f64;"
            "export dice(n: u32) -> u32;"
            "export length(a: f64, b: f64) -> f64;"
            "export quote(text: string) -> own string;"
            "export unquote(text: string) -> result own string, own string;"
            "export apply(f: callback(f64) -> f64, n: f64) -> f64;")
IMPORT("js", "random") double js_random(void);
IMPORT("js", "hypot") double js_hypot(double a, double b);
IMPORT("js", "encode") void js_encode(const char *text, size_t size, struct text *result);
struct decoded;
IMPORT("js", "decode") void js_decode(const char *text, size_t size, struct decoded *result);
IMPORT("js", "call") double js_call(int32_t f, double n);
EXPORT("dice") uint32_t dice(uint32_t n) { return (uint32_t)(js_random() * n); }
EXPORT("length") double length(double a, double b) { return js_hypot(a, b); }
EXPORT("quote") void quote(const char *text, size_t size, struct text *result) {
    js_encode(text, size, result);
}
struct decoded {
    int32_t failed;
    struct text text, why;
};
EXPORT("unquote") void unquote(const char *text, size_t size, struct decoded *result) {
    js_decode(text, size, result);
}
EXPORT("apply") double apply(int32_t f, double n) { return js_call(f, js_call(f, n)); }
