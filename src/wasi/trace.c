/* The calls of a program as lines of text: each function gets a door of its own, which tells the
   arguments, goes through the real door, and tells what came back. A world that is not traced has
   none of it. Path: wasi.c (wt_wasi_define) -> here -> wasi.c. */
#include "wasi/inside.h"

typedef struct TracedCall {
    Wasi *w;
    const char *name, *letters;
    HostFn fn; /* the real door */
    bool unstable;
} TracedCall;

/* One line. Arguments are read again after the call, from memory as it is then. */
typedef struct TraceLine {
    const TracedCall *call;
    MemoryView memory;
    const Value *args;
    Buf text;
} TraceLine;

static const struct TraceRow {
    const char *name, *letters;
} trace_rows[] = {
#define TRACE(name, letters) {#name, letters},
#include "wasi/trace.def"
#undef TRACE
};

static const char *const errno_names[] = {
    "success",     "2big",           "acces",       "addrinuse",   "addrnotavail",
    "afnosupport", "again",          "already",     "badf",        "badmsg",
    "busy",        "canceled",       "child",       "connaborted", "connrefused",
    "connreset",   "deadlk",         "destaddrreq", "dom",         "dquot",
    "exist",       "fault",          "fbig",        "hostunreach", "idrm",
    "ilseq",       "inprogress",     "intr",        "inval",       "io",
    "isconn",      "isdir",          "loop",        "mfile",       "mlink",
    "msgsize",     "multihop",       "nametoolong", "netdown",     "netreset",
    "netunreach",  "nfile",          "nobufs",      "nodev",       "noent",
    "noexec",      "nolck",          "nolink",      "nomem",       "nomsg",
    "noprotoopt",  "nospc",          "nosys",       "notconn",     "notdir",
    "notempty",    "notrecoverable", "notsock",     "notsup",      "notty",
    "nxio",        "overflow",       "ownerdead",   "perm",        "pipe",
    "proto",       "protonosupport", "prototype",   "range",       "rofs",
    "spipe",       "srch",           "stale",       "timedout",    "txtbsy",
    "xdev",        "notcapable",
};

enum { TRACE_ARGUMENTS = 12, TRACE_BYTES = 48, TRACE_VECTORS = 4, TRACE_SUBSCRIPTIONS = 4 };

static const uint8_t *traced_bytes(const TraceLine *t, uint64_t at, uint64_t len) {
    static const uint8_t nothing[1];
    if (len > t->memory.len || at > t->memory.len - len)
        return NULL;
    return len ? t->memory.base + at : nothing;
}

static uint32_t traced_u32(const TraceLine *t, unsigned i) { return value_to_i32(t->args[i]); }

/* ---- texts ---- */

static void put_traced(Buf *b, const uint8_t *bytes, size_t len) {
    for (size_t i = 0; i < len; i++) {
        uint8_t c = bytes[i];
        if (c == '\n')
            buf_str(b, "\\n");
        else if (c == '"' || c == '\\')
            wt_buf_printf(b, "\\%c", c);
        else if (c < 0x20 || c >= 0x7F)
            wt_buf_printf(b, "\\%02x", c);
        else
            buf_u8(b, c);
    }
}

static void put_traced_text(TraceLine *t, uint64_t at, uint64_t len) {
    const uint8_t *bytes = traced_bytes(t, at, len);
    if (!bytes) {
        wt_buf_printf(&t->text, "0x%llx", (unsigned long long)at);
        return;
    }
    buf_u8(&t->text, '"');
    put_traced(&t->text, bytes, len < TRACE_BYTES ? (size_t)len : (size_t)TRACE_BYTES);
    buf_str(&t->text, len > TRACE_BYTES ? "\"..." : "\"");
}

/* Vectors, and `have` bytes of what they point to. */
static void put_traced_vectors(TraceLine *t, unsigned i, uint64_t have) {
    uint32_t at = traced_u32(t, i), count = traced_u32(t, i + 1);
    const uint8_t *vectors = traced_bytes(t, at, (uint64_t)count * 8);
    if (!vectors) {
        wt_buf_printf(&t->text, "0x%x, %u", at, count);
        return;
    }
    buf_u8(&t->text, '[');
    for (uint32_t k = 0; k < count && k < TRACE_VECTORS; k++) {
        uint32_t len = guest_u32(vectors + 8 * (size_t)k + 4);
        uint64_t shown = WT_MIN(have, (uint64_t)len);
        buf_str(&t->text, k ? ", " : "");
        put_traced_text(t, guest_u32(vectors + 8 * (size_t)k), shown);
        have -= shown;
    }
    buf_str(&t->text, count > TRACE_VECTORS ? ", ...]" : "]");
}

/* The names of the bits that are set; what has none as a number. */
static void put_set(Buf *b, uint32_t bits, const char *names) {
    bool any = false;
    for (unsigned bit = 0; *names; bit++) {
        size_t len = strcspn(names, " ");
        if (bits >> bit & 1) {
            buf_str(b, any ? "|" : "");
            buf_slice(b, slice(names, len));
            any = true;
            bits &= ~(1u << bit);
        }
        names += len + (names[len] == ' ');
    }
    if (bits || !any)
        wt_buf_printf(b, any ? "|0x%x" : "%u", bits);
}

static void put_one_of(Buf *b, uint32_t i, const char *const *names, uint32_t count) {
    if (i < count)
        buf_str(b, names[i]);
    else
        wt_buf_printf(b, "%u", i);
}

static void put_subscriptions(TraceLine *t, uint32_t at, uint32_t count) {
    size_t size = t->call->unstable ? 56 : 48;
    const uint8_t *all = traced_bytes(t, at, (uint64_t)count * size);
    if (!all) {
        wt_buf_printf(&t->text, "0x%x", at);
        return;
    }
    buf_u8(&t->text, '[');
    for (uint32_t k = 0; k < count && k < TRACE_SUBSCRIPTIONS; k++) {
        const uint8_t *s = all + k * size, *clock = s + size - 32;
        buf_str(&t->text, k ? ", " : "");
        if (s[8] == 0)
            wt_buf_printf(&t->text, "clock %u %s%llu ns", guest_u32(clock),
                          load16le(clock + 24) & 1 ? "at " : "in ",
                          (unsigned long long)load64le(clock + 8));
        else
            wt_buf_printf(&t->text, "%s %u", s[8] == 1 ? "read" : "write", guest_u32(s + 16));
    }
    buf_str(&t->text, count > TRACE_SUBSCRIPTIONS ? ", ...]" : "]");
}

/* ---- arguments and results ---- */

static bool is_result(char letter) { return strchr("oOfstp", letter) != NULL; }
static unsigned letter_width(char letter) { return strchr("PWRSB", letter) ? 2 : 1; }

/* How many bytes came back: the first result, if the call succeeded. */
static uint64_t came_back(const TraceLine *t, bool ok) {
    unsigned i = 0;
    for (const char *c = t->call->letters; *c; c++) {
        const uint8_t *at = traced_bytes(t, traced_u32(t, i), 4);
        if (*c == 'o')
            return ok && at ? guest_u32(at) : 0;
        i += letter_width(*c);
    }
    return ok ? UINT64_MAX : 0;
}

static void put_argument(TraceLine *t, char letter, unsigned i, uint64_t back) {
    static const char *const clocks[] = {"realtime", "monotonic", "process_cpu", "thread_cpu"};
    static const char *const whences[] = {"set", "cur", "end"};
    static const char *const old_whences[] = {"cur", "end", "set"};
    Buf *b = &t->text;
    uint32_t v = traced_u32(t, i);
    unsigned long long wide = t->args[i];
    switch (letter) {
    case 'F':
        wt_buf_printf(b, "%d", (int)v);
        return;
    case 'U':
        wt_buf_printf(b, "%llu", wide);
        return;
    case 'I':
        wt_buf_printf(b, "%lld", (long long)wide);
        return;
    case 'x':
        wt_buf_printf(b, "0x%x", v);
        return;
    case 'X':
        wt_buf_printf(b, "0x%llx", wide);
        return;
    case 'c':
        put_one_of(b, v, clocks, WT_COUNT(clocks));
        return;
    case 'w':
        put_one_of(b, v, t->call->unstable ? old_whences : whences, WT_COUNT(whences));
        return;
    case 'l':
        put_set(b, v, "follow");
        return;
    case 'g':
        put_set(b, v, "creat directory excl trunc");
        return;
    case 'd':
        put_set(b, v, "append dsync nonblock rsync sync");
        return;
    case 'P':
        put_traced_text(t, v, traced_u32(t, i + 1));
        return;
    case 'W':
        put_traced_vectors(t, i, UINT64_MAX);
        return;
    case 'R':
        put_traced_vectors(t, i, back);
        return;
    case 'S':
        put_traced_text(t, v, WT_MIN(back, (uint64_t)traced_u32(t, i + 1)));
        return;
    case 'B':
        wt_buf_printf(b, "0x%x, %u", v, traced_u32(t, i + 1));
        return;
    case 'Q':
        put_subscriptions(t, v, traced_u32(t, 2));
        return;
    }
    wt_buf_printf(b, "%u", v);
}

static void put_result(TraceLine *t, char letter, unsigned i) {
    static const char *const types[] = {"unknown",       "block device", "character device",
                                        "directory",     "regular file", "datagram socket",
                                        "stream socket", "symbolic link"};
    static const uint8_t sizes[] = {
        ['o'] = 4, ['f'] = 4, ['O'] = 8, ['s'] = 56, ['t'] = 24, ['p'] = 8};
    Buf *b = &t->text;
    const uint8_t *at = traced_bytes(t, traced_u32(t, i), sizes[(uint8_t)letter]);
    if (!at)
        return;
    if (letter == 'O')
        wt_buf_printf(b, "%llu", (unsigned long long)load64le(at));
    else if (letter == 's') {
        put_one_of(b, at[16], types, WT_COUNT(types));
        wt_buf_printf(b, ", %llu bytes",
                      (unsigned long long)load64le(at + (t->call->unstable ? 24 : 32)));
    } else if (letter == 't') {
        put_one_of(b, at[0], types, WT_COUNT(types));
        buf_str(b, ", ");
        put_set(b, load16le(at + 2), "append dsync nonblock rsync sync");
    } else if (letter == 'p')
        wt_buf_printf(b, "directory, a name of %u bytes", guest_u32(at + 4));
    else
        wt_buf_printf(b, "%u", guest_u32(at));
}

static void put_arguments(TraceLine *t, uint64_t back) {
    unsigned i = 0;
    bool first = true;
    wt_buf_printf(&t->text, "%s(", t->call->name);
    for (const char *c = t->call->letters; *c; c++) {
        if (!is_result(*c)) {
            buf_str(&t->text, first ? "" : ", ");
            put_argument(t, *c, i, back);
            first = false;
        }
        i += letter_width(*c);
    }
    buf_u8(&t->text, ')');
}

static void put_results(TraceLine *t, uint32_t error) {
    unsigned i = 0;
    bool first = true;
    buf_str(&t->text, " = ");
    if (error) {
        put_one_of(&t->text, error, errno_names, WT_COUNT(errno_names));
        wt_buf_printf(&t->text, " (%u)", error);
        return;
    }
    for (const char *c = t->call->letters; *c; c++) {
        if (is_result(*c)) {
            buf_str(&t->text, first ? "" : ", ");
            put_result(t, *c, i);
            first = false;
        }
        i += letter_width(*c);
    }
    buf_str(&t->text, first ? "0" : "");
}

static bool enter_traced(void *user, Caller *caller, const Value *args, Value *results) {
    const TracedCall *call = user;
    TraceLine t = {.call = call, .memory = caller_memory(caller)};
    Value kept[TRACE_ARGUMENTS]; /* the results may lie over the arguments */
    unsigned width = 0;
    for (const char *c = call->letters; *c; c++)
        width += letter_width(*c);
    memcpy(kept, args, width * sizeof *kept);
    t.args = kept;
    wt_buf_init(&t.text, &call->w->allocator);
    bool ends = strcmp(call->name, "proc_exit") == 0;
    bool goes_on = ends || call->fn(call->w, caller, args, results);
    t.memory = caller_memory(caller);
    uint32_t error = goes_on && !ends ? value_to_i32(results[0]) : 0;
    put_arguments(&t, came_back(&t, goes_on && !error));
    if (goes_on && !ends)
        put_results(&t, error);
    buf_u8(&t.text, '\n');
    if (!t.text.failed)
        (void)call->w->trace(call->w->trace_user, t.text.data, t.text.len);
    wt_buf_free(&t.text);
    return ends ? call->fn(call->w, caller, args, results) : goes_on;
}

/* ---- set-up ---- */

static HostFn traced_door(Wasi *w, const char *name, bool unstable, HostFn fn, void **user) {
    TracedCall *t = arena_alloc(&w->arena, sizeof *t);
    if (!t)
        return NULL;
    *t = (TracedCall){.w = w, .name = name, .letters = "", .fn = fn, .unstable = unstable};
    for (size_t i = 0; i < WT_COUNT(trace_rows); i++)
        if (strcmp(trace_rows[i].name, name) == 0)
            t->letters = trace_rows[i].letters;
    *user = t;
    return enter_traced;
}

void wt_wasi_set_trace(Wasi *w, TraceFn write, void *user) {
    w->trace = write;
    w->trace_user = user;
    w->traced = traced_door;
}
