/* The text parser from inside: tokens, number and name rules at their edges, code bytes, names,
   places of problems, deep nesting, and every prefix of a text. What whole files can show is in
   test/golden and test/spec. */
#include "check.h"

#include "binary/encode.h"
#include "text/parse.h"
#include "valid/valid.h"

#include <stdlib.h>

typedef struct Job {
    Module m;
    Diag d;
    bool ok;
} Job;

static void job_parse(Job *j, const char *text, size_t len) {
    ReadOptions options = {wt_feature_default(), wt_module_bounds_default()};
    wt_module_init(&j->m, &wt_base_malloc, &options);
    wt_diag_init(&j->d, &wt_base_malloc);
    j->ok = wt_text_parse(&j->m, slice(text, len), &j->d);
}

static void job_free(Job *j) {
    wt_module_free(&j->m);
    wt_diag_free(&j->d);
}

/* ---- tokens ---- */

typedef struct TokenCase {
    const char *text;
    TokenKind kind;
    uint32_t len;
} TokenCase;

static const TokenCase token_cases[] = {
    {"", TOKEN_eof, 0},
    {" \t\r\n(", TOKEN_lparen, 1},
    {";; comment\n)", TOKEN_rparen, 1},
    {";; comment ends at CR\r)", TOKEN_rparen, 1},
    {"(; a (; nested ;) one ;)x", TOKEN_keyword, 1},
    {"nop;;x", TOKEN_keyword, 3},
    {"module(;c;)", TOKEN_keyword, 6},
    {"$a", TOKEN_id, 2},
    {"$l$l", TOKEN_id, 4},
    {"$\"a b\"", TOKEN_id, 6},
    {"$\"a\"b", TOKEN_reserved, 5},
    {"\"a\"", TOKEN_string, 3},
    {"\"a\"\"b\"", TOKEN_reserved, 6},
    {"\"\\u{1_F600}\"", TOKEN_string, 12},
    {"0$x", TOKEN_reserved, 3},
    {"a,b", TOKEN_reserved, 3},
    {"a;b", TOKEN_reserved, 3},
    {"[]", TOKEN_reserved, 2},
    {"12", TOKEN_nat, 2},
    {"1_2", TOKEN_nat, 3},
    {"1__2", TOKEN_reserved, 4},
    {"_12", TOKEN_reserved, 3},
    {"12_", TOKEN_reserved, 3},
    {"0x", TOKEN_reserved, 2},
    {"0xaF_1", TOKEN_nat, 6},
    {"0x_a", TOKEN_reserved, 4},
    {"+1", TOKEN_int, 2},
    {"-0x1", TOKEN_int, 4},
    {"1.", TOKEN_float, 2},
    {"1.e5", TOKEN_float, 4},
    {".5", TOKEN_reserved, 2},
    {"1e+5", TOKEN_float, 4},
    {"0x1p-3", TOKEN_float, 6},
    {"0x1.8p", TOKEN_reserved, 6},
    {"-inf", TOKEN_float, 4},
    {"+nan:0x1", TOKEN_float, 8},
    {"nan:0x1", TOKEN_keyword, 7},
    {"+", TOKEN_reserved, 1},
    {"$", TOKEN_error, 1},
    {"$\"\"", TOKEN_error, 3},
    {"\"a", TOKEN_error, 2},
    {"\"\\q\"", TOKEN_error, 4},
    {"\"\\u{d800}\"", TOKEN_error, 10},
    {"caf\xc3\xa9", TOKEN_error, 5},
    {"\x7f", TOKEN_error, 1},
    {"(@note any [thing] \"(\" (x) ;; )\n ) nop", TOKEN_keyword, 3},
    {"(@\"quoted\" 1) 2", TOKEN_nat, 1},
};

static void one_token(const TokenCase *c) {
    Diag d;
    Lexer lx;
    wt_diag_init(&d, &wt_base_malloc);
    wt_lex_init(&lx, slice_str(c->text), &d);
    CHECK_EQ_INT(lx.token.kind, c->kind);
    CHECK_EQ_INT(lx.token.len, c->len);
    CHECK_EQ_INT(d.errors, c->kind == TOKEN_error);
    wt_diag_free(&d);
}

static void strings_decode(void) {
    const char *text = "\"\\00\\ff\\t\\u{20ac}z\"";
    Lexer lx;
    Buf b;
    wt_lex_init(&lx, slice_str(text), NULL);
    wt_buf_init(&b, &wt_base_malloc);
    wt_lex_string(&lx, lx.token, &b);
    CHECK_EQ_BYTES(b.data, b.len,
                   "\0\xff\t\xe2\x82\xac"
                   "z",
                   7);
    CHECK_EQ_INT(wt_lex_string_size(&lx, lx.token), 7);
    wt_buf_free(&b);
}

static void groups_are_passed(void) {
    const char *text = "(a \")\" (; ) ;) ;; )\n (b) (@x \")\")) rest";
    Lexer lx;
    wt_lex_init(&lx, slice_str(text), NULL);
    uint32_t end = wt_lex_scan_group(&lx, 0);
    CHECK(wt_lex_skip_group(&lx));
    CHECK(lexer_is(&lx, "rest"));
    CHECK_EQ_INT(end + 1, lx.token.at);
    wt_lex_init(&lx, slice_str("(a (b)"), NULL);
    CHECK(wt_lex_scan_group(&lx, 0) == UINT32_MAX);
    CHECK(!wt_lex_skip_group(&lx));
}

static void annotations_are_found(void) {
    const char *text = "(@note x) (@name \"n\") (@custom \"c\") func";
    Lexer lx;
    wt_lex_init(&lx, slice_str(text), NULL);
    CHECK_EQ_INT(lx.before, ANNOT_name | ANNOT_custom);
    AnnotationWalk w = wt_lex_annotations(&lx);
    CHECK(wt_lex_annotation(&w) && w.kind == ANNOT_name && w.in.token.kind == TOKEN_string);
    CHECK(wt_lex_annotation(&w) && w.kind == ANNOT_custom);
    CHECK(!wt_lex_annotation(&w));
}

/* ---- code ---- */

typedef struct CodeCase {
    const char *name, *text;
    const char *code; /* of the last function, or of global 0 when there is none */
    size_t len;
} CodeCase;

#define BYTES(s) s, sizeof(s) - 1
static const CodeCase code_cases[] = {
    {"flat", "(func i32.const -1 drop)", BYTES("\0\x41\x7f\x1a\x0b")},
    {"folded", "(func (drop (i32.add (i32.const 1) (i32.const 2))))",
     BYTES("\0\x41\1\x41\2\x6a\x1a\x0b")},
    {"flat inside folded", "(func (block i32.const 1 drop))", BYTES("\0\2\x40\x41\1\x1a\x0b\x0b")},
    {"if folded", "(func (if (i32.const 1) (then nop) (else)))",
     BYTES("\0\x41\1\4\x40\1\5\x0b\x0b")},
    {"condition outside of the label", "(func (block $l (if $l (i32.const 1) (then (br $l)))))",
     BYTES("\0\2\x40\x41\1\4\x40\x0c\0\x0b\x0b\x0b")},
    {"shadowed label", "(func block $l block $l br $l end br $l end)",
     BYTES("\0\2\x40\2\x40\x0c\0\x0b\x0c\0\x0b\x0b")},
    {"locals merged", "(func (local i32 i32) (local $x i32) (local i64) local.get $x drop)",
     BYTES("\2\3\x7f\1\x7e\x20\2\x1a\x0b")},
    {"parameters first", "(func (param $p i32) (local $l i32) local.get $l drop)",
     BYTES("\1\1\x7f\x20\1\x1a\x0b")},
    {"memarg", "(memory 1) (func i32.const 0 i32.load offset=8 align=2 drop)",
     BYTES("\0\x41\0\x28\1\x08\x1a\x0b")},
    {"memory index", "(memory 1) (memory $m 1) (func i32.const 0 i32.load $m drop)",
     BYTES("\0\x41\0\x28\x42\1\0\x1a\x0b")},
    {"lane, no memory",
     "(memory 1) (func (param v128) i32.const 0 local.get 0 "
     "v128.load8_lane 3 drop)",
     BYTES("\0\x41\0\x20\0\xfd\x54\0\0\3\x1a\x0b")},
    {"memory.init with one index", "(memory 1) (data $d \"x\") (func memory.init $d)",
     BYTES("\0\xfc\x08\0\0\x0b")},
    {"block types", "(func block (result i32) i32.const 1 end block (param i32) drop end)",
     BYTES("\0\2\x7f\x41\1\x0b\2\1\x1a\x0b\x0b")},
    {"select with types", "(func i32.const 1 i32.const 2 i32.const 3 select (result i32) drop)",
     BYTES("\0\x41\1\x41\2\x41\3\x1c\1\x7f\x1a\x0b")},
    {"ref.test null", "(func (param anyref) local.get 0 ref.test (ref null eq) drop)",
     BYTES("\0\x20\0\xfb\x15\x6d\x1a\x0b")},
    {"br_table", "(func block $a block $b i32.const 0 br_table $a $b 2 end end)",
     BYTES("\0\2\x40\2\x40\x41\0\x0e\2\1\0\2\x0b\x0b\x0b")},
    {"try_table", "(tag $e) (func block $h try_table (catch $e $h) (catch_all $h) end end)",
     BYTES("\0\2\x40\x1f\x40\2\0\0\0\2\0\x0b\x0b\x0b")},
    {"legacy try, folded", "(tag $e) (func (try (do nop) (catch $e) (catch_all nop)))",
     BYTES("\0\6\x40\1\7\0\x19\1\x0b\x0b")},
    {"delegate counts outside", "(func block $o try $i nop delegate $o end)",
     BYTES("\0\2\x40\6\x40\1\x18\0\x0b\x0b")},
    {"encoding kept",
     "(memory 1) (func i32.const 0 (@wattle.encoding \"\\28\\42\\00\\00\") "
     "i32.load drop)",
     BYTES("\0\x41\0\x28\x42\0\0\x1a\x0b")},
    {"constant", "(global i64 (i64.const -9223372036854775808))",
     BYTES("\x42\x80\x80\x80\x80\x80\x80\x80\x80\x80\x7f\x0b")},
    {"float", "(global f32 (f32.const 0x1.000001p0))", BYTES("\x43\0\0\x80\x3f\x0b")},
};

static void one_code(const CodeCase *c) {
    Job j;
    job_parse(&j, c->text, strlen(c->text));
    if (CHECK(j.ok) && j.m.func_count) {
        const Func *f = &j.m.funcs[j.m.func_count - 1];
        CHECK_EQ_BYTES(f->code, f->code_size, c->code, c->len);
    } else if (j.ok && CHECK(j.m.global_count)) {
        CHECK_EQ_BYTES(j.m.globals[0].init.code.data, j.m.globals[0].init.code.len, c->code,
                       c->len);
    }
    job_free(&j);
}

/* The short cut for flat instructions and the ordinary way give the same bytes. */
static void two_ways(void) {
    static const char body[] =
        "local.get 0\n i32.const -5 ;; note\n i32.add i64.const 77 drop local.tee $x\n"
        "block\n loop\n br_if 1 (;@1;)\n br 0 end end i32.load offset=12 align=1 drop call $f\n";
    char flat[1200], odd[1200];
    snprintf(flat, sizeof flat,
             "(memory 1) (func $f (param $x i32) (result i32) %s local.get $x)%400s", body, "");
    /* Near the end of a text the short cut is not taken. */
    snprintf(odd, sizeof odd, "(memory 1) (func $f (param $x i32) (result i32) %s local.get $x)",
             body);
    Job a, b;
    job_parse(&a, flat, strlen(flat));
    /* An annotation before each token: never the short cut. */
    char slow[4000], *o = slow;
    for (const char *s = odd; *s; s++) {
        *o++ = *s;
        if (*s == ' ' || *s == '\n')
            o += snprintf(o, 8, "(@x) ");
        if (*s == ';') { /* comments are taken over as they are */
            while (*s && *s != '\n')
                *o++ = *++s;
        }
    }
    job_parse(&b, slow, (size_t)(o - slow));
    if (CHECK(a.ok) && CHECK(b.ok))
        CHECK_EQ_BYTES(a.m.funcs[0].code, a.m.funcs[0].code_size, b.m.funcs[0].code,
                       b.m.funcs[0].code_size);
    job_free(&a);
    job_free(&b);
}

/* ---- structure ---- */

static void types_are_appended(void) {
    static const char text[] =
        "(func (param i64)) (func (param i32)) (type (func (param i32)))"
        "(rec (type (func (param f32))) (type (func))) (func (param f32)) (func (param i64))";
    Job j;
    job_parse(&j, text, strlen(text));
    if (CHECK(j.ok)) {
        CHECK_EQ_INT(j.m.type_count, 5);
        CHECK_EQ_INT(j.m.funcs[0].type, 3);
        CHECK_EQ_INT(j.m.funcs[1].type, 0);
        CHECK_EQ_INT(j.m.funcs[2].type, 4);
        CHECK_EQ_INT(j.m.funcs[3].type, 3);
    }
    job_free(&j);
}

static void names_are_encoded(void) {
    static const char text[] = "(module $m (func $f (param $a i32) (local $\"b c\" i32) (block $l))"
                               "(func (@name \"g\")))";
    Job j;
    job_parse(&j, text, strlen(text));
    CHECK(j.ok && j.m.names.present);
    const Slice *sub = j.m.names.sub;
    CHECK_EQ_BYTES(sub[NAME_module].data, sub[NAME_module].len, "\1m", 2);
    CHECK_EQ_BYTES(sub[NAME_func].data, sub[NAME_func].len, "\2\0\1f\1\1g", 7);
    CHECK_EQ_BYTES(sub[NAME_local].data, sub[NAME_local].len, "\1\0\2\0\1a\1\3b c", 11);
    CHECK_EQ_BYTES(sub[NAME_label].data, sub[NAME_label].len, "\1\0\1\0\1l", 6);
    job_free(&j);
}

static void customs_are_sorted(void) {
    static const char text[] =
        "(@custom \"d\" (after data) \"4\") (@custom \"b\" (before type) \"2\")"
        "(@custom \"c\" (after type) \"3\") (@custom \"a\" (before first) \"1\") (func)";
    Job j;
    job_parse(&j, text, strlen(text));
    if (CHECK(j.ok) && CHECK_EQ_INT(j.m.custom_count, 4)) {
        char order[5] = {0};
        for (int i = 0; i < 4; i++)
            order[i] = (char)j.m.customs[i].name.data[0];
        CHECK_EQ_STR(order, "abcd");
        CHECK_EQ_INT(j.m.customs[3].after, 13);
    }
    job_free(&j);
}

/* ---- messages ---- */

static void errors_are_independent(void) {
    static const char text[] =
        "(module\n (func $alpha i32.cnst 1)\n (memory one)\n (func (call $alhpa))\n"
        " (func $ok))";
    Job j;
    job_parse(&j, text, strlen(text));
    CHECK_EQ_INT(j.d.errors, 3);
    if (CHECK_EQ_INT(j.d.count, 3)) {
        CHECK_EQ_STR(j.d.entries[0]->fix, "i32.const");
        CHECK_EQ_STR(j.d.entries[2]->fix, "$alpha");
        CHECK_EQ_INT(j.d.entries[1]->at, strstr(text, "one") - text);
    }
    job_free(&j);
}

static void places_are_found(void) {
    static const char text[] =
        "(module (func (block (drop (i32.add (i32.const 1) (f32.const 2)))))\n"
        " (global i32 (i64.const 0)))";
    Job j;
    job_parse(&j, text, strlen(text));
    CHECK(j.ok && !wt_valid_module(&j.m, 1, &j.d));
    wt_text_locate(&j.m, &j.d);
    if (CHECK_EQ_INT(j.d.count, 2)) {
        CHECK_EQ_INT(j.d.entries[0]->at, strstr(text, "i32.add") - text);
        CHECK_EQ_INT(j.d.entries[0]->len, 7);
        CHECK(j.d.entries[1]->at > (uint64_t)(strstr(text, "i64.const") - text) - 2);
    }
    job_free(&j);
}

/* ---- robustness ---- */

static void deep_nesting(void) {
    static const char *const forms[][3] = {
        {"(block ", "", ")"},
        {"block ", "", "end "},
        {"(i32.eqz ", "(i32.const 1)", ")"},
        {"(if (i32.const 1) (then ", "", "))"},
        {"(@a ", "", ")"},
        {"(; ", "", ";)"},
    };
    enum { DEEP = 100000 };
    for (size_t k = 0; k < WT_COUNT(forms); k++) {
        size_t open = strlen(forms[k][0]), close = strlen(forms[k][2]);
        char *text = malloc(DEEP * (open + close) + 100), *o = text;
        if (!CHECK(text != NULL))
            return;
        o += sprintf(o, "(func ");
        for (int i = 0; i < DEEP; i++, o += open)
            memcpy(o, forms[k][0], open);
        o += sprintf(o, "%s", forms[k][1]);
        for (int i = 0; i < DEEP; i++, o += close)
            memcpy(o, forms[k][2], close);
        *o++ = ')';
        Job j;
        job_parse(&j, text, (size_t)(o - text));
        CHECK(j.ok);
        job_free(&j);
        free(text);
    }
}

/* Every prefix is refused or accepted, with a message if refused; none is read beyond its end. */
static void every_prefix(void) {
    static const char text[] =
        "(module $m (type $t (sub (struct (field $x (mut i32))))) (import \"a\" \"b\" (func $i))\n"
        "(table 2 funcref (ref.null func)) (memory i64 1 2) (global $g (mut i32) (i32.const 3))\n"
        "(func $f (export \"e\") (param $p i32) (result i32) (local i64) ;; note\n"
        " (if (result i32) (local.get $p) (then (i32.const 0x1_f)) (else (call $f (i32.const 1)))))"
        "(data (i64.const 0) \"a\\u{20ac}\\00\") (elem declare func $f $i) (@custom \"c\" \"d\")\n"
        "(func block $l i32.const 1 br_if $l end (@metadata.code.branch_hint \"\\01\") i32.const 1 "
        "if end v128.const i8x16 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 drop))";
    size_t len = strlen(text);
    for (size_t n = 0; n <= len; n++) {
        char *exact = malloc(n ? n : 1); /* a sanitizer sees a read behind it */
        if (!CHECK(exact != NULL))
            return;
        memcpy(exact, text, n);
        Job j;
        job_parse(&j, exact, n);
        CHECK(j.ok || j.d.count > 0);
        if (n == len)
            CHECK_EQ_INT(j.d.errors, 1); /* the hint stands before a constant */
        job_free(&j);
        free(exact);
    }
}

/* ---- a text that is given back while it is read ---- */

typedef struct Passing {
    uint8_t *text;
    size_t at;
    unsigned passes;
    bool ordered;
} Passing;

static void note_passed(void *user, size_t from, size_t to) {
    Passing *p = user;
    if (from == 0) {
        p->passes++;
        p->at = 0;
    }
    p->ordered &= from == p->at && from < to;
    p->at = to;
    /* What is gone: no name is looked up in it any more. */
    if (p->passes == 2)
        memset(p->text + from, '#', to - from);
}

static void passed_is_not_needed(void) {
    enum { FUNCS = 40000 };
    Buf text, wanted, got;
    wt_buf_init(&text, &wt_base_malloc);
    wt_buf_init(&wanted, &wt_base_malloc);
    wt_buf_init(&got, &wt_base_malloc);
    buf_str(&text, "(module (type $s (struct (field $first i32) (field $second i64)))\n");
    for (unsigned i = 0; i < FUNCS; i++)
        wt_buf_printf(&text,
                      "(func $f%u (param (ref $s)) (result i32)\n"
                      "  (drop (call $f%u (local.get 0))) (struct.get $s $first (local.get 0)))\n",
                      i, i / 2);
    buf_str(&text, ")");
    Job plain, given = {.ok = false};
    job_parse(&plain, (const char *)text.data, text.len);
    CHECK(plain.ok && wt_binary_encode(&plain.m, &wanted, &plain.d));

    Passing passing = {.text = text.data, .ordered = true};
    TextSource source = {note_passed, &passing, 0};
    wt_module_init(&given.m, &wt_base_malloc, &(ReadOptions){plain.m.features, plain.m.bounds});
    wt_diag_init(&given.d, &wt_base_malloc);
    given.ok = wt_text_parse_source(&given.m, slice(text.data, text.len), &source, &given.d);
    CHECK(given.ok && wt_binary_encode(&given.m, &got, &given.d));
    CHECK_EQ_BYTES(got.data, got.len, wanted.data, wanted.len);
    CHECK(passing.ordered);
    CHECK_EQ_INT(passing.passes, 2);
    CHECK(text.len - passing.at < 1 << 20);
    job_free(&plain);
    job_free(&given);
    wt_buf_free(&text);
    wt_buf_free(&wanted);
    wt_buf_free(&got);
}

int main(void) {
    for (size_t i = 0; i < WT_COUNT(token_cases); i++) {
        check_begin(token_cases[i].text);
        one_token(&token_cases[i]);
        check_end();
    }
    for (size_t i = 0; i < WT_COUNT(code_cases); i++) {
        check_begin(code_cases[i].name);
        one_code(&code_cases[i]);
        check_end();
    }
    CHECK_CASE(strings_decode);
    CHECK_CASE(groups_are_passed);
    CHECK_CASE(annotations_are_found);
    CHECK_CASE(two_ways);
    CHECK_CASE(types_are_appended);
    CHECK_CASE(names_are_encoded);
    CHECK_CASE(customs_are_sorted);
    CHECK_CASE(errors_are_independent);
    CHECK_CASE(places_are_found);
    CHECK_CASE(deep_nesting);
    CHECK_CASE(every_prefix);
    CHECK_CASE(passed_is_not_needed);
    return check_done();
}
