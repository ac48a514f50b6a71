/* A script as JSON, with its modules in files of their own: for test runners that have no parser of
   the text format. The shape is that of wabt's wast2json; what that does not know (the two halves
   of a module, `either`, threads, patterns of references) has the shape of wasm-tools'
   json-from-wast. Integers are unsigned decimals, floats are those of their bits.

   What is read is written at once, command by command. Modules are kept to the end, because a trap
   says which types the function would have given. */
#include "base/utf8.h"
#include "binary/encode.h"
#include "script/script_inside.h"
#include "text/parse.h"

/* A module that actions may name. */
typedef struct Kept {
    Attempt attempt;
    Slice id;                      /* of the instance, or of the definition; data NULL: none */
    const struct Kept *definition; /* of an instance that was made later; else NULL */
    bool is_definition;
} Kept;

typedef struct Converter {
    Script *s;
    const ScriptFiles *files;
    Buf *out;
    Kept **kept;
    size_t kept_count, kept_cap;
    uint32_t file_count;
    bool first; /* nothing stands in the innermost list of commands */
} Converter;

/* ---- pieces of JSON ---- */

static void json_text(Buf *out, Slice s) {
    buf_u8(out, '"');
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F)
            wt_buf_printf(out, "\\u%04x", c);
        else
            buf_u8(out, c);
    }
    buf_u8(out, '"');
}

/* The string at the head, which JSON can hold. */
static bool json_take_string(Converter *c, Slice *text, const char *what) {
    Token t = c->s->lx.token;
    if (!wt_script_take_string(c->s, text, what))
        return false;
    if (!utf8_valid(*text))
        wt_diag_add(c->s->d, ERR_malformed_utf8, t.at, t.len, "JSON cannot hold it");
    return c->s->d->errors == 0;
}

/* , "key": "value" */
static void json_field(Converter *c, const char *key, Slice value) {
    wt_buf_printf(c->out, ", \"%s\": ", key);
    json_text(c->out, value);
}

/* The line is that of the word at `at`: of the module or action inside, when there is one, as the
   other tools have it. */
static void json_begin(Converter *c, const char *type, uint64_t at) {
    c->s->command_at = at;
    buf_str(c->out, c->first ? "  {" : ",\n  {");
    c->first = false;
    wt_buf_printf(c->out, "\"type\": \"%s\", \"line\": %llu", type,
                  (unsigned long long)wt_script_line(c->s));
}

/* Of the command's keyword. */
static uint64_t word_at(const Converter *c) {
    return (uint64_t)(c->s->command.data - c->s->text.data);
}

static bool json_end(Converter *c) {
    buf_u8(c->out, '}');
    return wt_script_expect(c->s, TOKEN_rparen, "the end of the command");
}

/* ---- files ---- */

/* Writes the next file, and its name as a field. */
static bool json_file(Converter *c, const char *ending, Slice bytes) {
    Buf name;
    wt_buf_init(&name, c->s->allocator);
    buf_slice(&name, c->files->stem);
    wt_buf_printf(&name, ".%u.%s", c->file_count++, ending);
    json_field(c, "filename", slice(name.data, name.len));
    buf_u8(&name, 0);
    bool ok = !name.failed;
    if (!ok)
        wt_diag_oom(c->s->d);
    else if (!c->files->write(c->files->user, (const char *)name.data, bytes))
        ok = !(c->out->failed = c->out->write_failed = true);
    wt_buf_free(&name);
    return ok;
}

/* The module as a file; *text: as text, because it has no binary form or was quoted. `source` is
   the module in the script. */
static bool json_module_file(Converter *c, Attempt *a, Slice source, bool quoted, bool *text) {
    *text = (quoted && a->form == FORM_quote) || (a->form != FORM_binary && !a->parsed);
    Slice bytes = slice(a->bytes.data, a->bytes.len);
    if (*text)
        return json_file(c, "wat", a->form == FORM_quote ? bytes : source);
    if (a->form == FORM_binary)
        return json_file(c, "wasm", bytes);
    Buf binary;
    wt_buf_init(&binary, c->s->allocator);
    if (!c->files->names)
        a->module.names_after = NAMES_drop;
    bool ok = wt_binary_encode(&a->module, &binary, c->s->d) &&
              json_file(c, "wasm", slice(binary.data, binary.len));
    if (binary.failed)
        wt_diag_oom(c->s->d);
    wt_buf_free(&binary);
    return ok;
}

/* Behind the keyword `module` of the parenthesis at `at`: reads it; *source is its text. */
static bool read_json_module(Converter *c, Attempt *a, uint32_t at, Slice *source) {
    const Slice all = c->s->text;
    if (!wt_script_read_module(c->s, a))
        return false;
    size_t end = c->s->lx.token.at;
    while (end > at && all.data[end - 1] != ')')
        end--;
    *source = slice(all.data + at, end - at);
    return true;
}

/* ---- modules ---- */

/* The problem of a module that should be good, as one of the script. */
static bool json_expect_good(Converter *c, const Attempt *a) {
    const DiagEntry *e = wt_script_first_error(a);
    if (!e)
        return true;
    bool placed = a->form == FORM_text && e->at != DIAG_NOWHERE;
    const char *words = wt_error_info((ErrorCode)e->code)->text;
    size_t head = strlen(words);
    bool more = strncmp(e->text, words, head) == 0;
    wt_diag_add(c->s->d, (ErrorCode)e->code, placed ? e->at : c->s->command_at, placed ? e->len : 1,
                "%s", more ? e->text + head : e->text);
    return false;
}

/* NULL: out of memory (reported). */
static Kept *keep_for_json(Converter *c) {
    Kept *k = NULL;
    if (wt_vec_grow(c->s->allocator, (void **)&c->kept, &c->kept_cap, c->kept_count,
                    sizeof *c->kept))
        k = allocator_get(c->s->allocator, sizeof *k);
    if (!k) {
        wt_diag_oom(c->s->d);
        return NULL;
    }
    memset(k, 0, sizeof *k);
    wt_script_attempt_init(c->s, &k->attempt);
    c->kept[c->kept_count++] = k;
    return k;
}

static Kept *find_kept(Converter *c, Slice id, bool definition) {
    for (size_t i = c->kept_count; i > 0; i--) {
        Kept *k = c->kept[i - 1];
        if (definition ? !k->definition : !k->is_definition)
            if (!id.data || (k->id.data && slice_eq(k->id, id)))
                return k;
    }
    return NULL;
}

/* (module instance $instance? $definition?) */
static bool json_instance(Converter *c) {
    wt_lex_next(&c->s->lx);
    Slice id = wt_script_take_id(c->s), of = wt_script_take_id(c->s);
    const Kept *definition = find_kept(c, of, true);
    Kept *k = keep_for_json(c);
    if (!k)
        return false;
    k->id = id;
    k->definition = definition ? definition : k;
    json_begin(c, "module_instance", word_at(c));
    if (id.data)
        json_field(c, "instance", id);
    if (of.data)
        json_field(c, "module", of);
    return json_end(c);
}

static bool json_module(Converter *c, const char *word) {
    (void)word;
    if (lexer_is(&c->s->lx, "instance"))
        return json_instance(c);
    Kept *k = keep_for_json(c);
    Slice source;
    bool text;
    if (!k || !read_json_module(c, &k->attempt, (uint32_t)c->s->command_at, &source) ||
        !json_expect_good(c, &k->attempt))
        return false;
    k->id = k->attempt.id;
    k->is_definition = k->attempt.definition;
    json_begin(c, k->is_definition ? "module_definition" : "module", word_at(c));
    if (k->id.data)
        json_field(c, "name", k->id);
    bool ok = json_module_file(c, &k->attempt, source, false, &text);
    buf_u8(c->out, '}');
    return ok;
}

static bool json_register(Converter *c, const char *word) {
    Slice name;
    if (!json_take_string(c, &name, "the name to register"))
        return false;
    Slice id = wt_script_take_id(c->s);
    json_begin(c, word, word_at(c));
    if (id.data)
        json_field(c, "name", id);
    json_field(c, "as", name);
    return json_end(c);
}

/* ---- values ---- */

static bool json_number(Converter *c, unsigned bits, bool floats, bool pattern) {
    uint64_t v;
    NanPattern nan = NAN_none;
    if (!wt_script_read_number(c->s, bits, floats, &v, pattern ? &nan : NULL))
        return false;
    switch (nan) {
    case NAN_none:
        wt_buf_printf(c->out, "\"%llu\"", (unsigned long long)v);
        break;
    case NAN_canonical:
        buf_str(c->out, "\"nan:canonical\"");
        break;
    case NAN_arithmetic:
        buf_str(c->out, "\"nan:arithmetic\"");
        break;
    }
    return true;
}

static bool json_vector(Converter *c, bool pattern) {
    const ScriptShape *shape = wt_script_read_shape(c->s);
    if (!shape)
        return false;
    wt_buf_printf(c->out, ", \"lane_type\": \"%c%u\", \"value\": [", shape->floats ? 'f' : 'i',
                  shape->bits);
    for (unsigned i = 0; i < shape->lanes; i++) {
        if (i)
            buf_str(c->out, ", ");
        if (!json_number(c, shape->bits, shape->floats, pattern))
            return false;
    }
    buf_u8(c->out, ']');
    return true;
}

/* What a type is called here: the words of the abstract types with null. */
static const char *json_type_word(const Module *m, ValType t) {
    static const char *const heaps[] = {
        [HEAP_func - HEAP_first] = "funcref",     [HEAP_nofunc - HEAP_first] = "nullfuncref",
        [HEAP_extern - HEAP_first] = "externref", [HEAP_noextern - HEAP_first] = "nullexternref",
        [HEAP_any - HEAP_first] = "anyref",       [HEAP_eq - HEAP_first] = "eqref",
        [HEAP_i31 - HEAP_first] = "i31ref",       [HEAP_struct - HEAP_first] = "structref",
        [HEAP_array - HEAP_first] = "arrayref",   [HEAP_none - HEAP_first] = "nullref",
        [HEAP_exn - HEAP_first] = "exnref",       [HEAP_noexn - HEAP_first] = "nullexnref",
        [HEAP_cont - HEAP_first] = "contref",     [HEAP_nocont - HEAP_first] = "nullcontref",
        [HEAP_bot - HEAP_first] = "nullref",
    };
    static const char *const kinds[] = {[TYPE_func] = "funcref",
                                        [TYPE_struct] = "structref",
                                        [TYPE_array] = "arrayref",
                                        [TYPE_cont] = "contref"};
    static const char *const numbers[] = {[VAL_i32] = "i32",
                                          [VAL_i64] = "i64",
                                          [VAL_f32] = "f32",
                                          [VAL_f64] = "f64",
                                          [VAL_v128] = "v128"};
    if (!valtype_is_ref(t))
        return numbers[t];
    return valtype_indexed(t) ? kinds[m->types[valtype_heap(t)].kind]
                              : heaps[valtype_heap(t) - HEAP_first];
}

/* ref.null HEAP, ref.extern N, ref.func, ...: the head stands at the word. A type index says
   nothing to who reads the JSON: any null will do. */
static bool json_reference(Converter *c, bool pattern) {
    static const struct {
        const char *word, *type, *null;
        bool argument;
    } rows[] = {
        {"extern", "externref", "externref", true},
        {"host", "anyref", NULL, true},
        {"func", "funcref", "funcref", false},
        {"any", "anyref", "anyref", false},
        {"eq", "eqref", "eqref", false},
        {"i31", "i31ref", "i31ref", false},
        {"struct", "structref", "structref", false},
        {"array", "arrayref", "arrayref", false},
        {"exn", "exnref", "exnref", false},
        {"cont", "contref", "contref", false},
        {"nofunc", NULL, "nullfuncref", false},
        {"noextern", NULL, "nullexternref", false},
        {"none", NULL, "nullref", false},
        {"noexn", NULL, "nullexnref", false},
        {"nocont", NULL, "nullcontref", false},
    };
    Lexer *lx = &c->s->lx;
    bool null = lexer_is(lx, "ref.null");
    Slice word = lexer_slice(lx);
    if (word.len < 4 || memcmp(word.data, "ref.", 4) != 0) {
        wt_lex_unexpected(lx, pattern ? "a result" : "a constant");
        return false;
    }
    word = slice(word.data + 4, word.len - 4);
    if (null) {
        wt_lex_next(lx);
        word = lexer_slice(lx);
        if (lx->token.kind == TOKEN_rparen || lx->token.kind == TOKEN_nat ||
            lx->token.kind == TOKEN_id) {
            buf_str(c->out, "\"refnull\"");
            if (lx->token.kind != TOKEN_rparen)
                wt_lex_next(lx);
            return true;
        }
    }
    for (size_t i = 0; i < WT_COUNT(rows); i++) {
        const char *type = null ? rows[i].null : rows[i].type;
        if (!slice_is(word, rows[i].word) || !type || !(null || pattern || rows[i].argument))
            continue;
        wt_lex_next(lx);
        wt_buf_printf(c->out, "\"%s\"", type);
        if (null && rows[i].type) /* the bottom types have no other value */
            buf_str(c->out, ", \"value\": \"null\"");
        else if (lx->token.kind == TOKEN_nat)
            return buf_str(c->out, ", \"value\": "), json_number(c, 32, false, false);
        return true;
    }
    wt_lex_unexpected(lx, null ? "a heap type" : pattern ? "a result" : "a constant");
    return false;
}

/* One value, from its parenthesis. */
static bool json_value(Converter *c, bool pattern) {
    if (!wt_script_expect(c->s, TOKEN_lparen, pattern ? "a result" : "a constant"))
        return false;
    buf_str(c->out, "{\"type\": ");
    ValType type = wt_script_const_type(c->s);
    bool ok;
    if (type == VAL_bot) {
        ok = json_reference(c, pattern);
    } else {
        wt_buf_printf(c->out, "\"%s\"", json_type_word(NULL, type));
        if (type != VAL_v128)
            buf_str(c->out, ", \"value\": ");
        ok = type == VAL_v128 ? json_vector(c, pattern)
                              : json_number(c, type == VAL_i32 || type == VAL_f32 ? 32 : 64,
                                            type == VAL_f32 || type == VAL_f64, pattern);
    }
    buf_u8(c->out, '}');
    return ok && wt_script_expect(c->s, TOKEN_rparen, "the end of the value");
}

/* Values while parentheses open: "[...]". */
static bool json_values(Converter *c, bool pattern) {
    bool in_either = false;
    buf_u8(c->out, '[');
    for (bool first = true;; first = false) {
        if (in_either && c->s->lx.token.kind == TOKEN_rparen) {
            in_either = false;
            buf_str(c->out, "]}");
            wt_lex_next(&c->s->lx);
        }
        if (c->s->lx.token.kind != TOKEN_lparen)
            break;
        if (!first)
            buf_str(c->out, ", ");
        if (pattern && !in_either && wt_lex_open(&c->s->lx, "either")) {
            in_either = true;
            buf_str(c->out, "{\"type\": \"either\", \"values\": [");
        }
        if (!json_value(c, pattern))
            return false;
    }
    buf_u8(c->out, ']');
    return true;
}

/* ---- actions ---- */

/* The types that an action gives: no values, since it will not come to its end. */
static void json_result_types(Converter *c, Slice id, Slice name) {
    const Kept *k = find_kept(c, id, false);
    const Module *m = k ? &(k->definition ? k->definition : k)->attempt.module : NULL;
    buf_str(c->out, ", \"expected\": [");
    for (uint32_t i = 0; m && i < m->export_count; i++) {
        const Export *e = &m->exports[i];
        if (!slice_eq(e->name, name))
            continue;
        const TypeDef *t = e->kind == EXTERN_func ? module_func_type(m, e->item) : NULL;
        uint32_t count = t ? t->result_count : e->kind == EXTERN_global;
        for (uint32_t r = 0; r < count; r++)
            wt_buf_printf(c->out, "%s{\"type\": \"%s\"}", r ? ", " : "",
                          json_type_word(m, t ? typedef_results(t)[r] : m->globals[e->item].type));
    }
    buf_u8(c->out, ']');
}

typedef struct JsonAction {
    Slice id, name;
} JsonAction;

/* (invoke ...) or (get ...): the head stands at the word. */
static bool json_action(Converter *c, JsonAction *a) {
    Script *s = c->s;
    bool invoke = lexer_is(&s->lx, "invoke");
    if (!invoke && !lexer_is(&s->lx, "get")) {
        wt_lex_unexpected(&s->lx, "invoke or get");
        return false;
    }
    wt_lex_next(&s->lx);
    wt_buf_printf(c->out, ", \"action\": {\"type\": \"%s\"", invoke ? "invoke" : "get");
    a->id = wt_script_take_id(s);
    if (a->id.data)
        json_field(c, "module", a->id);
    if (!json_take_string(c, &a->name, "the name of an export"))
        return false;
    json_field(c, "field", a->name);
    if (invoke) {
        buf_str(c->out, ", \"args\": ");
        if (!json_values(c, false))
            return false;
    }
    buf_u8(c->out, '}');
    return wt_script_expect(s, TOKEN_rparen, "the end of the action");
}

static bool json_lone_action(Converter *c, const char *word) {
    (void)word;
    JsonAction a;
    wt_lex_at(&c->s->lx, (uint32_t)(c->s->command.data - c->s->text.data));
    json_begin(c, "action", word_at(c));
    if (!json_action(c, &a))
        return false;
    json_result_types(c, a.id, a.name);
    buf_u8(c->out, '}');
    return true;
}

static bool json_return(Converter *c, const char *word) {
    JsonAction a;
    if (!wt_script_expect(c->s, TOKEN_lparen, "an action"))
        return false;
    json_begin(c, word, c->s->lx.token.at);
    if (!json_action(c, &a))
        return false;
    buf_str(c->out, ", \"expected\": ");
    return json_values(c, true) && json_end(c);
}

/* ---- assertions of failure ---- */

static bool json_message(Converter *c) {
    Slice text;
    if (!json_take_string(c, &text, "the expected message"))
        return false;
    json_field(c, "text", text);
    return true;
}

/* A module that is refused, at its keyword. */
static bool json_bad_module(Converter *c, const char *word, uint32_t at) {
    Attempt a;
    Slice source;
    bool text;
    wt_script_attempt_init(c->s, &a);
    json_begin(c, word, c->s->lx.token.at);
    wt_lex_next(&c->s->lx);
    bool ok = read_json_module(c, &a, at, &source) &&
              json_module_file(c, &a, source, true, &text) && json_message(c);
    if (ok)
        json_field(c, "module_type", slice_str(text ? "text" : "binary"));
    wt_script_attempt_free(&a);
    return ok && json_end(c);
}

static bool json_refusal(Converter *c, const char *word) {
    uint32_t at = c->s->lx.token.at;
    if (!wt_script_expect(c->s, TOKEN_lparen, "a module"))
        return false;
    if (!lexer_is(&c->s->lx, "module")) {
        wt_lex_unexpected(&c->s->lx, "a module");
        return false;
    }
    return json_bad_module(c, word, at);
}

/* An action that ends otherwise. */
static bool json_failure(Converter *c, const char *word) {
    JsonAction a;
    uint32_t at = c->s->lx.token.at;
    if (!wt_script_expect(c->s, TOKEN_lparen, "an action"))
        return false;
    bool trap = strcmp(word, "assert_trap") == 0;
    if (lexer_is(&c->s->lx, "module") && (trap || strcmp(word, "assert_suspension") == 0))
        return json_bad_module(c, trap ? "assert_uninstantiable" : word, at);
    json_begin(c, word, c->s->lx.token.at);
    if (!json_action(c, &a) || (strcmp(word, "assert_exception") != 0 && !json_message(c)))
        return false;
    json_result_types(c, a.id, a.name);
    return json_end(c);
}

/* ---- threads ---- */

/* Its commands are read by the loop, up to the parenthesis that ends it. */
static bool json_thread(Converter *c, const char *word) {
    Script *s = c->s;
    Slice id = wt_script_take_id(s), shared = {0};
    if (wt_lex_open(&s->lx, "shared") && !wt_script_read_shared(s, &shared))
        return false;
    if (wt_lex_peek(&s->lx, "shared")) {
        wt_diag_add(s->d, ERR_limit, s->command_at, 1, ": a thread with several shared modules");
        return false;
    }
    json_begin(c, word, word_at(c));
    json_field(c, "name", id.data ? id : slice_str(""));
    if (shared.data)
        json_field(c, "shared_module", shared);
    buf_str(c->out, ", \"commands\": [\n");
    c->first = true;
    s->threads++;
    return true;
}

static bool json_wait(Converter *c, const char *word) {
    Slice id = wt_script_take_id(c->s);
    json_begin(c, word, word_at(c));
    json_field(c, "thread", id.data ? id : slice_str(""));
    return json_end(c);
}

/* ---- the loop ---- */

static const struct JsonCommand {
    const char *word;
    bool (*convert)(Converter *c, const char *word);
} json_commands[] = {
    {"module", json_module},
    {"register", json_register},
    {"invoke", json_lone_action},
    {"get", json_lone_action},
    {"assert_return", json_return},
    {"assert_trap", json_failure},
    {"assert_exhaustion", json_failure},
    {"assert_exception", json_failure},
    {"assert_suspension", json_failure},
    {"assert_unlinkable", json_refusal},
    {"assert_malformed", json_refusal},
    {"assert_invalid", json_refusal},
    {"assert_malformed_custom", json_refusal},
    {"assert_invalid_custom", json_refusal},
    {"thread", json_thread},
    {"wait", json_wait},
};

static const struct JsonCommand *find_json_command(Slice word) {
    for (size_t i = 0; i < WT_COUNT(json_commands); i++)
        if (slice_is(word, json_commands[i].word))
            return &json_commands[i];
    return NULL;
}

static bool convert_command(Converter *c) {
    Script *s = c->s;
    s->command_at = s->lx.token.at;
    if (s->threads && s->lx.token.kind == TOKEN_rparen) {
        s->threads--;
        c->first = false;
        buf_str(c->out, "]}");
        wt_lex_next(&s->lx);
        return true;
    }
    if (!wt_script_expect(s, TOKEN_lparen, "a command"))
        return false;
    s->command = lexer_slice(&s->lx);
    const struct JsonCommand *row = find_json_command(s->command);
    if (!row) {
        wt_lex_unexpected(&s->lx, "a command of the script language");
        return false;
    }
    wt_lex_next(&s->lx);
    return row->convert(c, row->word);
}

/* Fields of one module, without any command. */
static void convert_bare_module(Converter *c) {
    Kept *k = keep_for_json(c);
    bool text;
    if (!k)
        return;
    k->attempt.parsed = wt_text_parse(&k->attempt.module, c->s->text, &k->attempt.diag);
    if (!json_expect_good(c, &k->attempt))
        return;
    c->s->command_at = c->s->lx.token.at;
    json_begin(c, "module", c->s->command_at);
    json_module_file(c, &k->attempt, c->s->text, false, &text);
    buf_u8(c->out, '}');
}

static void free_converter(Converter *c) {
    for (size_t i = 0; i < c->kept_count; i++) {
        wt_script_attempt_free(&c->kept[i]->attempt);
        allocator_free(c->s->allocator, c->kept[i], sizeof *c->kept[i]);
    }
    allocator_free(c->s->allocator, c->kept, c->kept_cap * sizeof *c->kept);
}

bool wt_script_to_json(Slice text, const Allocator *allocator, const ScriptOptions *options,
                       const ScriptFiles *files, Buf *out, Diag *d) {
    ScriptResult result = {0};
    Script s = {.text = text,
                .allocator = allocator,
                .options = options,
                .result = &result,
                .out = out,
                .d = d,
                .line = 1};
    Converter c = {.s = &s, .files = files, .out = out, .first = true};
    wt_lex_init(&s.lx, text, d);
    wt_arena_init(&s.arena, allocator);
    buf_str(out, "{\"source_filename\": ");
    json_text(out, slice_str(options->name));
    buf_str(out, ",\n \"commands\": [\n");
    Token word = wt_lex_after(&s.lx);
    if (s.lx.token.kind == TOKEN_lparen && word.kind == TOKEN_keyword &&
        !find_json_command(token_slice(&s.lx, word)))
        convert_bare_module(&c);
    else
        while (s.lx.token.kind != TOKEN_eof && !out->failed && convert_command(&c))
            ;
    if (s.threads && d->errors == 0)
        wt_diag_add(d, ERR_unclosed_paren, text.len, 0, "of a thread");
    buf_str(out, "]}\n");
    free_converter(&c);
    wt_arena_free(&s.arena);
    return d->errors == 0 && !out->failed;
}
