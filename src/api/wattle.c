/* wattle.h on top of the rooms: each public function gathers options, calls one room, and turns the
   job's Diag into a status and a report. Nothing is decided here. */
#include "api/inside.h"
#include "api/wire.h"
#include "base/os.h"
#include "binary/decode.h"
#include "binary/encode.h"
#include "jit/cpu.h"
#include "jit/cwat.h"
#include "pack/pack.h"
#include "script/script.h"
#include "text/parse.h"
#include "text/print.h"
#include "tools/dump.h"
#include "tools/report.h"
#include "tools/strip.h"
#include "valid/valid.h"

struct wattle_report {
    wattle_engine *engine;
    const Allocator *allocator;
    Diag diag;
    const Module *module; /* for names in paths */
    wattle_module *kept;  /* whose it is, or NULL */
    Module own;           /* what could be read of a bad module */
    Slice source;
    bool is_text;
    bool owns_module;
    uint8_t *own_source; /* a source that is nobody else's */
    char *name;
    size_t name_size;
};

const char *wattle_version(void) { return WATTLE_VERSION_TEXT; }

wattle_config wattle_config_default(void) {
    return (wattle_config){.size = sizeof(wattle_config), .features = wt_feature_default()};
}

wattle_engine *wattle_engine_new(const wattle_config *config) {
    Allocator al = wt_base_malloc;
    if (config->allocator)
        al = (Allocator){config->allocator->alloc, config->allocator->user};
    wattle_engine *e = allocator_get(&al, sizeof *e);
    if (!e)
        return NULL;
    *e = (wattle_engine){.allocator = al, .threads = config->threads};
    wattle_tier tier = WATTLE_TIER_AUTO;
    if (config->size > offsetof(wattle_config, tier))
        tier = config->tier;
    e->tier = wt_wire_tier(tier, config->features);
    if (tier == WATTLE_TIER_AUTO)
        e->fallback = wt_wire_tier(WATTLE_TIER_INTERP, config->features);
    if (config->size > offsetof(wattle_config, no_reserve))
        e->no_reserve = config->no_reserve;
    if (config->size > offsetof(wattle_config, no_signals))
        e->no_signals = config->no_signals;
    if (config->size > offsetof(wattle_config, cpu_without))
        e->cpu_without = config->cpu_without;
    atomic_init(&e->owners, 1);
    atomic_init(&e->stores, 0);
    e->pool = wt_pool_new(&e->allocator);
    e->options.features = config->features;
    e->options.bounds = config->spec_limits ? wt_module_bounds_spec() : wt_module_bounds_default();
    if (e->threads == 0)
        e->threads = wt_os_cpu_count();
    return e;
}

wattle_engine *wt_api_engine_retain(wattle_engine *e) {
    atomic_fetch_add(&e->owners, 1);
    return e;
}

void wattle_engine_free(wattle_engine *engine) {
    if (!engine || atomic_fetch_sub(&engine->owners, 1) > 1)
        return;
    Allocator al = engine->allocator;
    wt_pool_free(engine->pool);
    allocator_free(&al, engine, sizeof *engine);
}

static bool refuse_word(Slice word, char *bad, size_t bad_size) {
    if (bad_size > 0) {
        size_t n = word.len < bad_size ? word.len : bad_size - 1;
        memcpy(bad, word.data, n);
        bad[n] = 0;
    }
    return false;
}

bool wattle_features_parse(const char *list, uint64_t *features, char *bad, size_t bad_size) {
    Slice word;
    return wt_feature_parse(slice_str(list), features, &word) || refuse_word(word, bad, bad_size);
}

const char *wattle_feature_name(unsigned i) {
    return i < FEATURE_count ? wt_feature_name((Feature)i) : NULL;
}
unsigned wattle_feature_version(unsigned i) { return wt_feature_version((Feature)i); }

bool wattle_cpu_parse(const char *list, uint64_t *without, char *bad, size_t bad_size) {
    Slice word;
    return wt_cpu_parse(wt_wire_cpu(), slice_str(list), without, &word) ||
           refuse_word(word, bad, bad_size);
}

const char *wattle_cpu_extension(unsigned i) {
    const CpuNames *names = wt_wire_cpu();
    return i < names->count ? names->extensions[i] : NULL;
}

/* ---- reports ---- */

static wattle_report *report_new(wattle_engine *engine, Slice source, const char *name) {
    wattle_report *r = allocator_get(&engine->allocator, sizeof *r);
    if (!r)
        return NULL;
    memset(r, 0, sizeof *r);
    r->engine = engine;
    r->allocator = &engine->allocator;
    r->source = source;
    r->name_size = strlen(name) + 1;
    r->name = allocator_get(r->allocator, r->name_size);
    if (!r->name) {
        allocator_free(r->allocator, r, sizeof *r);
        return NULL;
    }
    memcpy(r->name, name, r->name_size);
    wt_diag_init(&r->diag, r->allocator);
    wt_api_engine_retain(engine);
    return r;
}

void wattle_report_free(wattle_report *report) {
    if (!report)
        return;
    const Allocator *al = report->allocator;
    if (report->owns_module)
        wt_module_free(&report->own);
    wt_diag_free(&report->diag);
    wattle_module_free(report->kept);
    allocator_free(al, report->own_source, report->source.len);
    wattle_engine *engine = report->engine;
    allocator_free(al, report->name, report->name_size);
    allocator_free(al, report, sizeof *report);
    wattle_engine_free(engine);
}

static wattle_status status_of_class(ErrorClass class) {
    switch (class) {
    case CLASS_MALFORMED:
        return WATTLE_MALFORMED;
    case CLASS_INVALID:
    case CLASS_CUSTOM:
        return WATTLE_INVALID;
    case CLASS_LIMIT:
        return WATTLE_LIMIT;
    case CLASS_RESOURCE:
        return WATTLE_OUT_OF_MEMORY;
    case CLASS_USAGE:
        return WATTLE_USAGE;
    case CLASS_WARNING:
        return WATTLE_OK;
    }
    return WATTLE_OK;
}

static wattle_status status_of_diag(const Diag *d) {
    if (d->out_of_memory)
        return WATTLE_OUT_OF_MEMORY;
    const DiagEntry *e = wt_diag_first(d);
    return e ? status_of_class((ErrorClass)wt_error_info((ErrorCode)e->code)->class) : WATTLE_OK;
}

/* The status of a job that wrote to a buffer; frees the buffer. */
static wattle_status finish_writing(Buf *out, const Diag *d) {
    wt_buf_flush(out);
    bool refused = out->write_failed, failed = out->failed;
    wt_buf_free(out);
    if (refused)
        return WATTLE_WRITE_FAILED;
    if (failed)
        return WATTLE_OUT_OF_MEMORY;
    return d ? status_of_diag(d) : WATTLE_OK;
}

size_t wattle_report_count(const wattle_report *report) {
    return report->diag.count + report->diag.out_of_memory;
}

wattle_problem wattle_report_get(const wattle_report *report, size_t i) {
    if (i >= report->diag.count)
        return (wattle_problem){.message = "out of memory",
                                .name = "out_of_memory",
                                .code = ERR_out_of_memory,
                                .kind = WATTLE_OUT_OF_MEMORY,
                                .offset = UINT64_MAX};
    const DiagEntry *e = report->diag.entries[i];
    const ErrorInfo *info = wt_error_info((ErrorCode)e->code);
    wattle_problem p = {.message = e->text,
                        .name = info->ident,
                        .code = info->code,
                        .offset = e->at,
                        .length = e->len};
    p.kind = status_of_class((ErrorClass)info->class);
    if (report->is_text && e->at != DIAG_NOWHERE) {
        TextPlace place = wt_report_line(report->source, e->at);
        p.line = place.line;
        p.column = place.column;
    }
    return p;
}

bool wt_api_write_target(void *user, const uint8_t *data, size_t len) {
    const ApiTarget *t = user;
    return t->write(t->user, data, len);
}

wattle_status wattle_report_write(const wattle_report *report, unsigned flags, wattle_write write,
                                  void *user) {
    Buf out;
    wt_buf_init(&out, report->allocator);
    ReportOptions options = {report->name, flags & WATTLE_REPORT_COLOUR,
                             !(flags & WATTLE_REPORT_BRIEF)};
    if (flags & WATTLE_REPORT_JSON)
        wt_report_json(&out, &report->diag, report->module, report->source, report->is_text,
                       &options);
    else
        wt_report_text(&out, &report->diag, report->module, report->source, report->is_text,
                       &options);
    wattle_status status = out.failed ? WATTLE_OUT_OF_MEMORY : WATTLE_OK;
    if (out.len && !write(user, out.data, out.len))
        status = WATTLE_WRITE_FAILED;
    wt_buf_free(&out);
    return status;
}

/* ---- modules ---- */

static bool looks_binary(Slice bytes, unsigned flags) {
    if (flags & (WATTLE_READ_TEXT | WATTLE_READ_BINARY))
        return flags & WATTLE_READ_BINARY;
    return (bytes.len >= 4 && memcmp(bytes.data, "\0asm", 4) == 0) || wt_binary_is_foreign(bytes);
}

static bool read_into(Module *m, Slice bytes, const TextSource *from, unsigned flags,
                      unsigned threads, Diag *d) {
    bool binary = looks_binary(bytes, flags);
    if (binary) {
        unsigned decode = 0;
        if (flags & (WATTLE_READ_FOR_TEXT | WATTLE_READ_LOSSLESS))
            decode |= DECODE_keep_quirks;
        if (flags & WATTLE_READ_LOSSLESS)
            decode |= DECODE_keep_pads;
        if (!(flags & (WATTLE_READ_CHECK | WATTLE_READ_NO_SCAN)))
            decode |= DECODE_scan_bodies;
        if (!wt_binary_decode(m, bytes, decode, d))
            return false;
    } else {
        /* A text with errors in some fields is still checked: the good bodies may hold other
         * mistakes. */
        wt_text_parse_source(m, bytes, from, d);
        if (d->errors)
            return false;
    }
    if (flags & WATTLE_READ_CHECK) {
        wt_valid_module(m, threads, d);
        if (!binary)
            wt_text_locate(m, d);
    }
    return d->errors == 0;
}

wattle_module *wt_api_module_new(wattle_engine *engine, Slice *bytes, const char *name, bool copy) {
    wattle_module *m = allocator_get(&engine->allocator, sizeof *m);
    if (!m)
        return NULL;
    m->copy_size = copy && bytes->len ? bytes->len : 0;
    m->copy = m->copy_size ? allocator_get(&engine->allocator, m->copy_size) : NULL;
    if (m->copy_size && !m->copy) {
        allocator_free(&engine->allocator, m, sizeof *m);
        return NULL;
    }
    if (m->copy) {
        memcpy(m->copy, bytes->data, bytes->len);
        bytes->data = m->copy;
    }
    m->engine = wt_api_engine_retain(engine);
    m->checked = false;
    atomic_init(&m->owners, 1);
    wt_module_init(&m->module, &engine->allocator, &engine->options);
    Slice kept_name = wt_arena_copy(&m->module.arena, name, strlen(name) + 1);
    m->name = kept_name.data ? (const char *)kept_name.data : "module";
    return m;
}

wattle_status wattle_module_read(wattle_engine *engine, const void *bytes, size_t len,
                                 const char *name, unsigned flags, wattle_module **module,
                                 wattle_report **report) {
    return wt_api_module_read(engine, slice(bytes, len), NULL, name, flags, module, report);
}

wattle_status wt_api_module_read(wattle_engine *engine, Slice source, const TextSource *from,
                                 const char *name, unsigned flags, wattle_module **module,
                                 wattle_report **report) {
    TextSource copied = {.begins = from ? from->begins : 0};
    *module = NULL;
    if (flags & WATTLE_READ_COPY && from)
        from = &copied;
    *report = report_new(engine, source, name);
    wattle_module *wm =
        *report ? wt_api_module_new(engine, &source, name, flags & WATTLE_READ_COPY) : NULL;
    if (!wm)
        return WATTLE_OUT_OF_MEMORY;
    wattle_report *r = *report;
    r->source = source;
    r->is_text = !looks_binary(source, flags);
    if (from && !r->is_text) {
        wm->module.passed = from->passed;
        wm->module.passed_user = from->user;
    }
    bool ok = read_into(&wm->module, source, from, flags, engine->threads, &r->diag);
    if (!ok || r->diag.count) {
        /* The report keeps the module to name functions and show the lines. */
        r->module = &wm->module;
        r->kept = wm;
        wt_diag_sort(&r->diag);
    }
    if (!ok)
        return status_of_diag(&r->diag);
    wm->checked = flags & WATTLE_READ_CHECK;
    *module = r->kept ? wattle_module_retain(wm) : wm;
    return WATTLE_OK;
}

wattle_status wattle_module_new(wattle_engine *engine, const void *bytes, size_t len,
                                wattle_module **module, wattle_report **report) {
    wattle_report *own;
    wattle_status status = wattle_module_read(engine, bytes, len, "module",
                                              WATTLE_READ_CHECK | WATTLE_READ_COPY, module, &own);
    if (report)
        *report = own;
    else
        wattle_report_free(own);
    return status;
}

wattle_module *wattle_module_retain(wattle_module *module) {
    atomic_fetch_add(&module->owners, 1);
    return module;
}

void wattle_module_free(wattle_module *module) {
    if (!module || atomic_fetch_sub(&module->owners, 1) > 1)
        return;
    wattle_engine *engine = module->engine;
    wt_module_free(&module->module);
    allocator_free(&engine->allocator, module->copy, module->copy_size);
    allocator_free(&engine->allocator, module, sizeof *module);
    wattle_engine_free(engine);
}

/* The serialised form: this, then the binary format. */
static const char serial_magic[16] = "\0wattle " WATTLE_VERSION_TEXT;

wattle_status wattle_module_serialize(const wattle_module *module, wattle_write write, void *user) {
    if (!write(user, serial_magic, sizeof serial_magic))
        return WATTLE_WRITE_FAILED;
    return wattle_module_write_binary(module, write, user);
}

wattle_status wattle_module_deserialize(wattle_engine *engine, const void *bytes, size_t len,
                                        wattle_module **module, wattle_report **report) {
    size_t head = sizeof serial_magic;
    if (len >= head && memcmp(bytes, serial_magic, head) == 0)
        return wattle_module_new(engine, (const uint8_t *)bytes + head, len - head, module, report);
    *module = NULL;
    wattle_report *own = report_new(engine, slice(bytes, len), "serialized module");
    if (own)
        wt_diag_add(&own->diag, ERR_magic, 0, 0, ": not serialized by this version");
    wattle_status status = own ? status_of_diag(&own->diag) : WATTLE_OUT_OF_MEMORY;
    if (report)
        *report = own;
    else
        wattle_report_free(own);
    return status;
}

void wattle_module_drop_names(wattle_module *module) {
    memset(&module->module.names, 0, sizeof module->module.names);
    module->module.names_after = NAMES_drop;
}

wattle_status wattle_module_write_binary(const wattle_module *module, wattle_write write,
                                         void *user) {
    if (!wt_cwat_prove(&module->module, CWAT_bodies | CWAT_data))
        return WATTLE_MALFORMED;
    const Allocator *al = &module->engine->allocator;
    ApiTarget target = {write, user};
    Buf out;
    Diag d;
    wt_buf_init_write(&out, al, 0, wt_api_write_target, &target);
    wt_diag_init(&d, al);
    wt_binary_encode(&module->module, &out, &d);
    wattle_status status = finish_writing(&out, &d);
    wt_diag_free(&d);
    return status;
}

wattle_status wattle_module_write_text(const wattle_module *module,
                                       const wattle_print_options *options, wattle_write write,
                                       void *user, wattle_report **report) {
    PrintOptions p = wt_text_print_defaults();
    if (options) {
        p.fold = options->fold;
        p.names = !options->no_names;
        p.generate_names = options->generate_names;
        p.inline_exports = options->inline_exports;
        p.inline_imports = options->inline_imports;
        p.offsets = options->offsets;
        p.skeleton = options->skeleton;
        p.lossless = options->lossless;
        p.no_annotations = options->no_annotations;
        if (options->indent)
            p.indent = options->indent;
    }
    wattle_report *r = report_new(module->engine, module->module.source, module->name);
    if (report)
        *report = r;
    if (!r)
        return WATTLE_OUT_OF_MEMORY;
    if (!wt_cwat_prove(&module->module, CWAT_bodies | CWAT_data)) {
        if (!report)
            wattle_report_free(r);
        return WATTLE_MALFORMED;
    }
    r->is_text = module->module.is_text;
    r->module = &module->module;
    ApiTarget target = {write, user};
    Buf out;
    wt_buf_init_write(&out, r->allocator, 0, wt_api_write_target, &target);
    wt_text_print(&module->module, &p, &out, &r->diag);
    wattle_status status = finish_writing(&out, &r->diag);
    if (!report)
        wattle_report_free(r);
    return status;
}

/* ---- tools ---- */

wattle_status wattle_strip(wattle_engine *engine, const void *bytes, size_t len, const char *name,
                           const wattle_strip_options *options, wattle_write write, void *user,
                           wattle_report **report) {
    *report = report_new(engine, slice(bytes, len), name);
    if (!*report)
        return WATTLE_OUT_OF_MEMORY;
    StripOptions strip = {options->all,        options->debug_only, options->keep,
                          options->keep_count, options->remove,     options->remove_count};
    ApiTarget target = {write, user};
    Buf out;
    wt_buf_init_write(&out, &engine->allocator, 0, wt_api_write_target, &target);
    wt_strip(slice(bytes, len), &strip, &out, &(*report)->diag);
    return finish_writing(&out, &(*report)->diag);
}

wattle_status wattle_dump(wattle_engine *engine, const void *bytes, size_t len, const char *name,
                          const wattle_dump_options *options, wattle_write write, void *user,
                          wattle_report **report) {
    *report = report_new(engine, slice(bytes, len), name);
    if (!*report)
        return WATTLE_OUT_OF_MEMORY;
    wattle_report *r = *report;
    wt_module_init(&r->own, &engine->allocator, &engine->options);
    r->owns_module = true;
    r->module = &r->own;
    wt_binary_decode(&r->own, slice(bytes, len), DECODE_keep_quirks, &r->diag);
    DumpOptions dump = {name,
                        options->headers,
                        options->details,
                        options->disassemble,
                        options->contents,
                        options->relocations,
                        options->section};
    ApiTarget target = {write, user};
    Buf out;
    wt_buf_init_write(&out, &engine->allocator, 0, wt_api_write_target, &target);
    wt_dump(&r->own, &dump, &out, &r->diag);
    return finish_writing(&out, &r->diag);
}

static void tell_script_mark(void *user, const ScriptMark *m) {
    const wattle_script_options *options = user;
    options->mark(options->mark_user, &(wattle_script_mark){.start = m->start,
                                                            .end = m->end,
                                                            .command = string_of(m->command),
                                                            .failed = m->outcome == SCRIPT_failed,
                                                            .skipped = m->outcome == SCRIPT_skipped,
                                                            .message = string_of(m->message)});
}

wattle_status wattle_script(wattle_engine *engine, const void *text, size_t len, const char *name,
                            const wattle_script_options *options, wattle_write write, void *user,
                            wattle_script_result *result, wattle_report **report) {
    *report = report_new(engine, slice(text, len), name);
    if (!*report)
        return WATTLE_OUT_OF_MEMORY;
    (*report)->is_text = true;
    ScriptOptions script = {.name = name,
                            .tier = engine->tier,
                            .no_reserve = engine->no_reserve,
                            .no_signals = engine->no_signals,
                            .cpu_without = engine->cpu_without,
                            .features = engine->options.features,
                            .bounds = engine->options.bounds,
                            .no_run = options->no_run,
                            .threads = engine->threads > 1,
                            .ignore_messages = options->ignore_messages,
                            .round_trip = options->round_trip,
                            .gc_stress = options->gc_stress,
                            .eager = options->eager ? engine->threads : 0,
                            .code_file = options->code_file,
                            .verbose = options->verbose};
    if (options->size > offsetof(wattle_script_options, fuel))
        script.fuel = options->fuel;
    if (options->size > offsetof(wattle_script_options, mark_user) && options->mark) {
        script.mark = tell_script_mark;
        script.mark_user = (void *)(uintptr_t)options;
    }
    ScriptResult counts = {0};
    ApiTarget target = {write, user};
    Buf out;
    wt_buf_init_write(&out, &engine->allocator, 0, wt_api_write_target, &target);
    wt_script_run(slice(text, len), &engine->allocator, &script, &counts, &out, &(*report)->diag);
    *result = (wattle_script_result){counts.passed, counts.failed, counts.skipped, counts.modules};
    return finish_writing(&out, &(*report)->diag);
}

static bool write_json_file(void *user, const char *name, Slice bytes) {
    const wattle_json_options *o = user;
    return o->file(o->file_user, name, bytes.data ? bytes.data : (const void *)"", bytes.len);
}

wattle_status wattle_script_to_json(wattle_engine *engine, const void *text, size_t len,
                                    const char *name, const wattle_json_options *options,
                                    wattle_write write, void *user, wattle_report **report) {
    Slice source = slice(text, len);
    *report = report_new(engine, source, name);
    if (!*report)
        return WATTLE_OUT_OF_MEMORY;
    (*report)->is_text = true;
    ScriptOptions script = {
        .name = name, .features = engine->options.features, .bounds = engine->options.bounds};
    ScriptFiles files = {.stem = slice_str(options->stem),
                         .names = !options->no_names,
                         .write = write_json_file,
                         .user = (void *)(uintptr_t)options};
    ApiTarget target = {write, user};
    Buf out;
    wt_buf_init_write(&out, &engine->allocator, 0, wt_api_write_target, &target);
    wt_script_to_json(source, &engine->allocator, &script, &files, &out, &(*report)->diag);
    return finish_writing(&out, &(*report)->diag);
}

/* ---- packages ---- */

typedef struct PackJob {
    Arena arena;
    BindModel model;
    wattle_report *report;
} PackJob;

/* "life.wat:wattle.bind": whose lines the messages on clauses of the module count. */
static const char *section_name(Arena *arena, const char *file) {
    static const char section[] = ":wattle.bind";
    size_t len = strlen(file);
    char *name = arena_alloc(arena, len + sizeof section);
    if (!name)
        return file;
    memcpy(name, file, len);
    memcpy(name + len, section, sizeof section);
    return name;
}

/* The model of a module, and a report on its clauses. */
static bool begin_pack(PackJob *job, const wattle_module *module,
                       const wattle_pack_options *options, wattle_report **report) {
    const Allocator *al = &module->engine->allocator;
    wt_arena_init(&job->arena, al);
    Slice clauses = slice((const uint8_t *)options->clauses, options->clauses_size);
    const char *name = options->clauses_name ? options->clauses_name
                       : options->clauses    ? "clauses"
                                             : section_name(&job->arena, module->name);
    wattle_report *r = *report = job->report = report_new(module->engine, clauses, name);
    if (!r)
        return false;
    r->is_text = true;
    if (!options->clauses) {
        Slice own = wt_pack_own_clauses(&module->module, &job->arena);
        r->own_source = own.len ? allocator_get(al, own.len) : NULL;
        if (r->own_source) {
            memcpy(r->own_source, own.data, own.len);
            r->source = slice(r->own_source, own.len);
        } else if (own.len || job->arena.failed) {
            wt_diag_oom(&r->diag);
        }
    }
    return !r->diag.out_of_memory &&
           wt_pack_model(&job->model, &module->module, r->source, &job->arena, &r->diag);
}

wattle_status wattle_bind(const wattle_module *module, const wattle_pack_options *options,
                          bool json, wattle_write write, void *user, wattle_report **report) {
    if (!module->checked)
        return WATTLE_USAGE;
    PackJob job;
    ApiTarget target = {write, user};
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    if (begin_pack(&job, module, options, report)) {
        Buf out;
        wt_buf_init_write(&out, &module->engine->allocator, 0, wt_api_write_target, &target);
        (json ? wt_pack_print_json : wt_pack_print)(&job.model, &out);
        status = finish_writing(&out, NULL);
    } else if (job.report) {
        status = status_of_diag(&job.report->diag);
    }
    wt_arena_free(&job.arena);
    return status;
}

typedef struct PackTarget {
    wattle_pack_take take;
    void *user;
} PackTarget;

typedef struct PackFinder {
    wattle_pack_find find;
    void *user;
} PackFinder;

static bool find_packed(void *user, const char *name, Slice *bytes, const char **why) {
    const PackFinder *f = user;
    const void *data = NULL;
    size_t size = 0;
    if (!f->find(f->user, name, &data, &size, why))
        return false;
    *bytes = slice(data ? data : (const void *)"", size);
    return true;
}

static bool give_packed(void *user, const char *name, Slice bytes) {
    const PackTarget *t = user;
    return t->take(t->user, name, bytes.data ? bytes.data : (const void *)"", bytes.len);
}

/* "life.wat" to "life", in letters that a package may be called by. */
static const char *stem_of(Arena *arena, const char *file) {
    const char *dot = strrchr(file, '.');
    size_t len = dot && dot != file ? (size_t)(dot - file) : strlen(file);
    Slice copy = wt_arena_copy(arena, file, len);
    uint8_t *c = (uint8_t *)(uintptr_t)copy.data;
    for (size_t i = 0; c && i < len; i++) {
        bool upper = c[i] >= 'A' && c[i] <= 'Z';
        bool fine = upper || (c[i] >= 'a' && c[i] <= 'z') || (c[i] >= '0' && c[i] <= '9') ||
                    (i && (c[i] == '-' || c[i] == '_'));
        c[i] = upper ? (uint8_t)(c[i] + 32) : fine ? c[i] : '-';
    }
    return (const char *)copy.data;
}

static bool carries_state(const Global *g) {
    switch (valtype_kind(g->type)) {
    case VAL_i32:
    case VAL_i64:
    case VAL_f32:
    case VAL_f64:
        return g->mutable_;
    case VAL_ref:
        return g->mutable_ && valtype_heap(g->type) == HEAP_extern;
    default:
        return false;
    }
}

/* The exports of a module, and those of its state. */
static bool add_hot_exports(Module *m, Arena *arena) {
    Export *all = ARENA_ARRAY(arena, Export, m->export_count + m->memory_count + m->global_count);
    uint32_t n = m->export_count;
    if (!all)
        return false;
    if (n)
        memcpy(all, m->exports, n * sizeof *all);
    for (uint32_t i = m->memory_imports; i < m->memory_count; i++)
        all[n++] = (Export){.item = i, .kind = EXTERN_memory};
    for (uint32_t i = m->global_imports; i < m->global_count; i++)
        if (carries_state(&m->globals[i]))
            all[n++] = (Export){.item = i, .kind = EXTERN_global};
    for (uint32_t i = m->export_count; i < n; i++) {
        Buf name;
        wt_buf_init(&name, arena->allocator);
        wt_buf_printf(&name, "hot:%s:%u", all[i].kind == EXTERN_memory ? "memory" : "global",
                      (unsigned)all[i].item);
        all[i].name = name.failed ? (Slice){NULL, 0} : wt_arena_copy(arena, name.data, name.len);
        arena->failed |= !all[i].name.data;
        wt_buf_free(&name);
    }
    m->exports = all;
    m->export_count = n;
    return !arena->failed;
}

/* The bytes of the module as it is packed: without the clauses. */
static bool packed_bytes(const wattle_module *module, bool hot, Arena *arena, Buf *out, Diag *d) {
    Buf whole;
    wt_buf_init(&whole, out->allocator);
    Module copy = module->module;
    Slice bytes = copy.source;
    bool encode = copy.is_text || hot;
    bool ok =
        (!hot || add_hot_exports(&copy, arena)) && (!encode || wt_binary_encode(&copy, &whole, d));
    if (encode)
        bytes = slice(whole.data, whole.len);
    static const char *const remove[] = {"wattle.bind"};
    StripOptions strip = {.debug_only = true, .remove = remove, .remove_count = 1};
    ok = ok && wt_strip(bytes, &strip, out, d) && !out->failed;
    wt_buf_free(&whole);
    return ok;
}

static wattle_status write_pack(PackJob *job, const wattle_module *module,
                                const wattle_pack_options *options, PackTarget *target) {
    const Allocator *al = &module->engine->allocator;
    const char *file = options->file ? options->file : "module.wasm";
    const char *stem = stem_of(&job->arena, file);
    Slice name = options->name            ? slice_str(options->name)
                 : job->model.package.len ? job->model.package
                                          : slice_str(stem ? stem : "");
    name = wt_arena_copy(&job->arena, name.data, name.len);
    if (!stem || !name.data)
        return WATTLE_OUT_OF_MEMORY;
    if (!wt_pack_name_ok(name)) {
        wt_diag_add(&job->report->diag, ERR_pack_name, DIAG_NOWHERE, 0,
                    "\"%.*s\": npm takes lower case letters, digits and - _ . ~, behind @SCOPE/ if "
                    "need be",
                    (int)name.len, (const char *)name.data);
        return WATTLE_USAGE;
    }
    Buf bytes;
    wt_buf_init(&bytes, al);
    bool refused = false;
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    PackFinder finder = {options->find, options->find_user};
    if (packed_bytes(module, options->hot, &job->arena, &bytes, &job->report->diag)) {
        Pack pack = {.model = &job->model,
                     .bytes = slice(bytes.data, bytes.len),
                     .name = (const char *)name.data,
                     .version = options->version ? options->version : "0.1.0",
                     .stem = stem,
                     .source = file,
                     .tool = "wattle " WATTLE_VERSION_TEXT,
                     .node = options->node ? options->node : "20",
                     .targets = options->targets ? options->targets : PACK_all,
                     .glue = slice(options->glue, options->glue_size),
                     .glue_types = slice(options->glue_types, options->glue_types_size),
                     .map = options->map,
                     .find = options->find ? find_packed : NULL,
                     .find_user = &finder};
        if (wt_pack_write(&pack, al, give_packed, target, &refused))
            status = status_of_diag(&job->report->diag);
        else if (refused)
            status = WATTLE_WRITE_FAILED;
        else if (job->report->diag.errors)
            status = status_of_diag(&job->report->diag);
    }
    wt_buf_free(&bytes);
    return status;
}

wattle_status wattle_pack(const wattle_module *module, const wattle_pack_options *options,
                          wattle_pack_take take, void *user, wattle_report **report) {
    if (!module->checked)
        return WATTLE_USAGE;
    PackJob job;
    PackTarget target = {take, user};
    wattle_status status = WATTLE_OUT_OF_MEMORY;
    if (begin_pack(&job, module, options, report))
        status = write_pack(&job, module, options, &target);
    else if (job.report)
        status = status_of_diag(&job.report->diag);
    wt_arena_free(&job.arena);
    return status;
}
