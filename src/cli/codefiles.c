/* --perf-map, --jitdump and --gdb. Each function is told when it has been compiled, from the thread
   that called it: a record is written by one call, so that those of several threads do not mix, and
   flushed, so that it is there however the program ends.

   The map is the one that perf looks for: lines "ADDRESS SIZE NAME" in hexadecimal. A jitdump has
   records with the code itself and its source lines; perf finds it because the process maps it, and
   only under the name jit-PID.dump. The formats: tools/perf/Documentation/jit-interface.txt and
   jitdump-specification.txt of Linux. */
#include "cli/codefiles.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { DUMP_load = 0, DUMP_lines = 2, DUMP_close = 3, DUMP_version = 1, DUMP_path = 4096 };

/* ---- records ---- */

typedef struct Record {
    char *data;
    size_t len, cap;
    bool failed;
} Record;

static void record_bytes(Record *r, const void *data, size_t len) {
    if (len > r->cap - r->len) {
        size_t cap = r->cap * 2 + len + 256;
        char *grown = r->failed ? NULL : realloc(r->data, cap);
        if (!grown) {
            r->failed = true;
            return;
        }
        r->data = grown;
        r->cap = cap;
    }
    if (len)
        memcpy(r->data + r->len, data, len);
    r->len += len;
}
static void record_u32(Record *r, uint32_t v) { record_bytes(r, &v, sizeof v); }
static void record_u64(Record *r, uint64_t v) { record_bytes(r, &v, sizeof v); }
/* Without what would end a line or a text. */
static void record_text(Record *r, wattle_string s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.data[i];
        if ((unsigned char)c < 0x20 || c == 0x7F)
            c = '?';
        record_bytes(r, &c, 1);
    }
}
static void record_label(Record *r, const wattle_code *code) {
    record_text(r, code->name);
    if (code->module_name.len) {
        record_bytes(r, " [", 2);
        record_text(r, code->module_name);
        record_bytes(r, "]", 1);
    }
}

static void write_record(CodeFiles *c, FILE *to, Record *r) {
    if (r->failed || fwrite(r->data, 1, r->len, to) != r->len || fflush(to) != 0)
        atomic_store(&c->failed, true);
    r->len = 0;
}

/* ---- the map ---- */

static void tell_map(CodeFiles *c, const wattle_code *code, Record *r) {
    char head[48];
    int n = snprintf(head, sizeof head, "%llx %llx ", (unsigned long long)(uintptr_t)code->address,
                     (unsigned long long)code->code_size);
    record_bytes(r, head, (size_t)n);
    record_label(r, code);
    record_bytes(r, "\n", 1);
    write_record(c, c->map, r);
}

/* ---- the dump ---- */

static void begin_record(Record *r, uint32_t kind) {
    record_u32(r, kind);
    record_u32(r, 0); /* its size */
    record_u64(r, wattle_now());
}
static void end_record(const Record *r, size_t began) {
    uint32_t size = (uint32_t)(r->len - began);
    if (!r->failed)
        memcpy(r->data + began + 4, &size, sizeof size);
}

static void record_head(Record *r, unsigned machine) {
    record_u32(r, 0x4A695444); /* "JiTD", by which the order of bytes is seen */
    record_u32(r, DUMP_version);
    record_u32(r, 40); /* bytes of this head */
    record_u32(r, machine);
    record_u32(r, 0);
    record_u32(r, wattle_process_id());
    record_u64(r, wattle_now());
    record_u64(r, 0);
}

/* They stand in front of the code that they belong to. */
static void record_lines(Record *r, const wattle_code *code) {
    size_t began = r->len;
    begin_record(r, DUMP_lines);
    record_u64(r, (uintptr_t)code->address);
    record_u64(r, code->line_count);
    for (size_t i = 0; i < code->line_count; i++) {
        const wattle_code_line *l = &code->lines[i];
        record_u64(r, (uintptr_t)code->address + l->offset);
        record_u32(r, l->line);
        record_u32(r, l->column);
        if (l->directory.len) {
            record_text(r, l->directory);
            record_bytes(r, "/", 1);
        }
        record_text(r, l->file);
        record_bytes(r, "", 1);
    }
    end_record(r, began);
}

static void tell_dump(CodeFiles *c, const wattle_code *code, Record *r) {
    if (!atomic_exchange(&c->head, true)) /* of a stub, before there are threads */
        record_head(r, code->machine);
    if (code->line_count)
        record_lines(r, code);
    size_t began = r->len;
    begin_record(r, DUMP_load);
    record_u32(r, wattle_process_id());
    record_u32(r, wattle_process_id());
    record_u64(r, (uintptr_t)code->address);
    record_u64(r, (uintptr_t)code->address);
    record_u64(r, code->code_size);
    record_u64(r, atomic_fetch_add(&c->number, 1));
    record_label(r, code);
    record_bytes(r, "", 1);
    record_bytes(r, code->address, code->code_size);
    end_record(r, began);
    write_record(c, c->dump, r);
}

static void tell_files(void *user, const wattle_code *code) {
    CodeFiles *c = user;
    Record r = {0};
    atomic_store(&c->told, true);
    if (c->map)
        tell_map(c, code, &r);
    if (c->dump)
        tell_dump(c, code, &r);
    if (c->gdb)
        wattle_gdb_add(c->gdb, code);
    free(r.data);
}

/* ---- their life ---- */

static FILE *open_code_file(const Options *o, const char *path, const char *mode) {
    FILE *f = fopen(path, mode);
    if (!f) {
        char why[80];
        snprintf(why, sizeof why, "%s", strerror(errno));
        if (why[0] >= 'A' && why[0] <= 'Z')
            why[0] = (char)(why[0] - 'A' + 'a');
        cli_say(o, "cannot make %s: %s", path, why);
    }
    return f;
}

/* Under a name that everybody can guess: what another user has put there is not written to. */
static FILE *open_guessable(const Options *o, const char *path) {
    (void)remove(path);
    return open_code_file(o, path, "wbx");
}

static bool open_map(CodeFiles *c) {
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%u.map", (unsigned)wattle_process_id());
    c->map =
        c->o->perf_map[0] ? open_code_file(c->o, c->o->perf_map, "wb") : open_guessable(c->o, path);
    return c->map != NULL;
}

static bool open_dump(CodeFiles *c) {
    char path[DUMP_path];
    const char *folder = c->o->jitdump;
    int n = snprintf(path, sizeof path, "%s%sjit-%u.dump", folder, folder[0] ? "/" : "",
                     (unsigned)wattle_process_id());
    c->dump = n > 0 && (size_t)n < sizeof path ? open_guessable(c->o, path) : NULL;
    if (c->dump && !wattle_map_for_perf(path))
        cli_say(c->o, "%s: perf will not see it, as it cannot be mapped", path);
    return c->dump != NULL;
}

bool cli_codefiles_start(CodeFiles *c, const Options *o, wattle_engine *engine,
                         wattle_store *store) {
    c->o = o;
    if (!o->perf_map && !o->jitdump && !o->gdb)
        return true;
    if ((o->perf_map && !open_map(c)) || (o->jitdump && !open_dump(c)))
        return false;
    c->gdb = o->gdb ? wattle_gdb_new(engine) : NULL;
    if (o->gdb && !c->gdb)
        return false;
    return wattle_store_watch_code(store, tell_files, c, o->jitdump || o->gdb) == WATTLE_OK;
}

bool cli_codefiles_end(CodeFiles *c) {
    Record r = {0};
    wattle_gdb_free(c->gdb);
    if (c->dump && atomic_load(&c->told)) {
        begin_record(&r, DUMP_close);
        end_record(&r, 0);
        write_record(c, c->dump, &r);
    }
    free(r.data);
    bool closed = !c->map || fclose(c->map) == 0;
    closed &= !c->dump || fclose(c->dump) == 0;
    if ((c->map || c->dump || c->gdb) && !atomic_load(&c->told))
        cli_say(c->o, "no machine code was made: see --tier");
    if (closed && !atomic_load(&c->failed))
        return true;
    cli_say(c->o, "the files for perf could not be written");
    return false;
}
