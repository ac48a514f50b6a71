/* The language services from inside: what an editor asks of texts that are whole, broken and
   hostile. Shapes and whole modules are test/web/lang.mjs's affair. */
#include "check.h"
#include "failing.h"

#include "lang/inside.h"
#include "wasm/op.h"

#include <stdlib.h>

static Lang *new_document(void) {
    uint64_t features = 0;
    Slice bad;
    wt_feature_parse(slice_str("all"), &features, &bad);
    return wt_lang_new(&wt_base_malloc, features);
}

/* The answer as a string, from malloc. */
static char *ask_slice(Lang *l, LangCall call, uint32_t a, uint32_t b, Slice text) {
    Buf out;
    wt_buf_init(&out, &wt_base_malloc);
    CHECK(wt_lang_call(l, call, a, b, text, &out));
    buf_u8(&out, 0);
    return (char *)out.data;
}
static char *ask(Lang *l, LangCall call, uint32_t a, uint32_t b, const char *text) {
    return ask_slice(l, call, a, b, slice_str(text));
}

static void check_ask(Lang *l, LangCall call, uint32_t a, uint32_t b, const char *text,
                      const char *want) {
    char *got = ask(l, call, a, b, text);
    CHECK_EQ_STR(got, want);
    free(got);
}

static bool ask_has(Lang *l, LangCall call, uint32_t a, uint32_t b, const char *text,
                    const char *part) {
    char *got = ask(l, call, a, b, text);
    bool found = strstr(got, part) != NULL;
    if (!found)
        fprintf(stderr, "%s\n", got);
    free(got);
    return found;
}

static void updates(void) {
    Lang *l = new_document();
    check_ask(l, LANG_update, 0, 0, "(module)",
              "{\"ok\":true,\"diagnostics\":[],\"size\":8,\"features\":[]}");
    CHECK(ask_has(l, LANG_update, 0, 0, "(func i32.add)", "\"start\":6,\"end\":13"));
    CHECK(ask_has(l, LANG_update, 0, 0, "(func (result v128) unreachable)", "[\"simd\"]"));
    /* A body is known; what it calls is not the same any more. */
    CHECK(ask_has(l, LANG_update, 0, 0, "(func $a (param i32)) (func i32.const 1 call $a)",
                  "\"ok\":true"));
    CHECK(ask_has(l, LANG_update, 0, 0, "(func $a (param i64)) (func i32.const 1 call $a)",
                  "\"ok\":false"));
    CHECK(ask_has(l, LANG_update, 0, 0, "(func $a (param i32)) (func i32.const 1 call $a)",
                  "\"ok\":true"));
    /* Mistakes of syntax in one body, of types in another. */
    CHECK(ask_has(l, LANG_update, 0, 0, "(func foo) (func i32.add)", "type mismatch"));
    wt_lang_free(l);
}

static void units(void) {
    Lang *l = new_document();
    /* An accent is one unit and two bytes, a smile two and four. */
    CHECK(ask_has(l, LANG_update, 0, 0, "(; \xC3\xA9 \xF0\x9F\x98\x80 ;)(func foo)",
                  "\"start\":16,\"end\":19,\"byteStart\":19,\"byteEnd\":22"));
    wt_lang_free(l);
}

static const char FAC[] = "(module (func $f (param i64) (result i64)\n"
                          " (i64.mul (local.get 0) (i64.const 3))))";

static void stacks_and_bytes(void) {
    Lang *l = new_document();
    free(ask(l, LANG_update, 0, 0, FAC));
    CHECK(ask_has(l, LANG_stacks, 0, 1000, "", "{\"start\":44,\"end\":51,\"stack\":[\"i64\"]"));
    CHECK(ask_has(l, LANG_instruction, 67, 0, "", "{\"source\":{\"start\":67,\"end\":78}"));
    check_ask(l, LANG_byte, 8, 0, "",
              "{\"path\":[\"type section\"],\"field\":\"section id\",\"value\":\"0x01: type\","
              "\"bytes\":{\"start\":8,\"end\":9},\"source\":null}");
    check_ask(l, LANG_folds, 0, 0, "", "[{\"start\":8,\"end\":81},{\"start\":0,\"end\":82}]");
    /* Stacks where another function is broken, and before the mistake in a broken one. */
    free(ask(l, LANG_update, 0, 0, "(func i32.const 1 foo) (func i64.const 2 drop)"));
    CHECK(ask_has(l, LANG_stacks, 0, 1000, "", "[\"i32\"]"));
    CHECK(ask_has(l, LANG_stacks, 0, 1000, "", "[\"i64\"]"));
    wt_lang_free(l);
}

static void names(void) {
    static const char text[] =
        "(type $s (struct (field $x i32) (field $y i64)))"
        "(func $f (param $x i32) block $l br $l end local.get $x drop)"
        "(func (param $p (ref $s)) (struct.get $s $y (local.get $p)) drop call $f)";
    Lang *l = new_document();
    free(ask(l, LANG_update, 0, 0, text));
    check_ask(l, LANG_definition, 85, 0, "", "{\"start\":78,\"end\":80}");
    check_ask(l, LANG_references, 64, 0, "",
              "[{\"start\":64,\"end\":66},{\"start\":101,\"end\":103}]");
    check_ask(l, LANG_references, 151, 0, "",
              "[{\"start\":39,\"end\":41},{\"start\":150,\"end\":152}]");
    CHECK(ask_has(l, LANG_rename, 54, 0, "$g",
                  "{\"edits\":[{\"start\":54,\"end\":56,\"text\":\"$g\"},"));
    CHECK(ask_has(l, LANG_rename, 54, 0, "a b", "\"text\":\"$\\\"a b\\\"\""));
    CHECK(ask_has(l, LANG_rename, 54, 0, "", "this can be no name"));
    CHECK(ask_has(l, LANG_rename, 24, 0, "y", "this name is taken"));
    CHECK(ask_has(l, LANG_rename, 1, 0, "y", "there is no name here"));
    wt_lang_free(l);
}

static void hovers(void) {
    Lang *l = new_document();
    check_begin("hovers");
    free(ask(l, LANG_update, 0, 0, FAC));
    check_ask(l, LANG_hover, 45, 0, "",
              "{\"start\":44,\"end\":51,\"title\":\"i64.mul\",\"signature\":\"[i64 i64] -> [i64]\","
              "\"text\":\"Multiplies. Of a large product the lowest bits remain.\",\"traps\":[],"
              "\"opcode\":\"7E\",\"feature\":null}");
    CHECK(ask_has(l, LANG_hover, 15, 0, "", "\"signature\":\"func 0: [i64] -> [i64]\""));
    check_ask(l, LANG_hover, 43, 0, "", "null");
    check_end();
    for (unsigned op = 0; op < OP_count; op++)
        if (op_info(op)->text) {
            check_begin(op_info(op)->text);
            CHECK(wt_lang_op_text(op) != NULL);
            check_end();
        }
    wt_lang_free(l);
}

static void completes(void) {
    Lang *l = new_document();
    free(ask(l, LANG_update, 0, 0, "(func $a f32.const 1 ) (func call $)"));
    CHECK(ask_has(l, LANG_complete, 21, 0, "", "{\"from\":21,\"items\":[{\"label\":\"drop\""));
    CHECK(ask_has(l, LANG_complete, 35, 0, "",
                  "{\"from\":34,\"items\":[{\"label\":\"$a\",\"kind\":\"identifier\""));
    wt_lang_free(l);
}

static void formats(void) {
    Lang *l = new_document();
    free(ask(l, LANG_update, 0, 0, "(module(func\n\n\nblock nop ;;c\nend ) )"));
    check_ask(
        l, LANG_format, 0, 0, "",
        "[{\"start\":7,\"end\":7,\"text\":\"\\n  \"},{\"start\":12,\"end\":15,\"text\":\"\\n\\n    "
        "\"},"
        "{\"start\":28,\"end\":29,\"text\":\"\\n    \"},{\"start\":32,\"end\":33,\"text\":\"\"},"
        "{\"start\":34,\"end\":35,\"text\":\"\"},{\"start\":36,\"end\":36,\"text\":\"\\n\"}]");
    wt_lang_free(l);
}

/* Every question at every place answers, whatever the text. */
static void ask_everything(Slice text, uint32_t step) {
    Lang *l = new_document();
    free(ask_slice(l, LANG_update, 0, 0, text));
    for (unsigned call = LANG_bytes; call < LANG_call_count; call++)
        for (uint32_t at = 0; at <= text.len; at += step)
            free(ask(l, (LangCall)call, at, at + 100, "name"));
    wt_lang_free(l);
}

static void hostile(void) {
    static const char *const texts[] = {
        "",
        "(",
        ")",
        "((((",
        "(module",
        "(func",
        "(func (",
        "\"",
        "(;",
        "(@",
        "(@x",
        ";;",
        "$",
        "(func $",
        "(func $\"a",
        "(module (func (param",
        "(func block",
        "(type (func (param i32",
        "\xFF\xFE",
        "(func (block (loop (if (then",
        "(elem func 0) (table 1 funcref)",
        "(func (local $x",
        "(import",
        "(import \"a\"",
        "(func i32.const",
        "(func call_indirect (type",
        "(start",
        "(rec (type",
        "(func (i32.add (i32.const 1) (i32",
        "(func br 99)",
        "(data \"\\zz\")",
        "(func) x y z",
        "(func (result (ref 99)) unreachable)",
        "(global i32 (i32.const",
        "(memory 1 2 3)",
    };
    for (size_t i = 0; i < WT_COUNT(texts); i++)
        ask_everything(slice_str(texts[i]), 1);
}

static void deep(void) {
    Buf b;
    wt_buf_init(&b, &wt_base_malloc);
    buf_str(&b, "(func ");
    for (unsigned i = 0; i < 100000; i++)
        buf_str(&b, "(block ");
    ask_everything(slice(b.data, b.len), 400000);
    for (unsigned i = 0; i < 100001; i++)
        buf_u8(&b, ')');
    ask_everything(slice(b.data, b.len), 400000);
    b.len = 0;
    buf_str(&b, "(func ");
    for (unsigned i = 0; i < 50000; i++)
        buf_str(&b, "block i32.const 1 drop ");
    ask_everything(slice(b.data, b.len), 700000);
    /* All on one line, and not closed. */
    b.len = 0;
    buf_str(&b, "(module ");
    for (unsigned i = 0; i < 100000; i++)
        buf_str(&b, "(func) ");
    ask_everything(slice(b.data, b.len), 400000);
    wt_buf_free(&b);
}

/* Every allocation fails in turn: no answer then, nothing lost, and the document goes on. */
static void out_of_memory(void) {
    static const char text[] =
        "(module (type $s (struct (field $x i32))) (memory 1) (data \"a\")"
        "(func $f (param $p i32) (result i32) (block $l (br $l)) local.get $p)"
        "(func (; \xC3\xA9 ;) i32.const 1 foo) (func i32.add))";
    bool done = false;
    for (long until = 0; !done && until < 3000; until++) {
        Failing f = {.until = until, .once = true};
        Allocator al = {failing_alloc, &f};
        Lang *l = wt_lang_new(&al, wt_feature_default());
        done = l != NULL;
        for (unsigned call = LANG_update; l && call < LANG_call_count; call++) {
            Buf out;
            wt_buf_init(&out, &wt_base_malloc);
            if (!wt_lang_call(l, (LangCall)call, 85, 200, slice_str(call ? "y" : text), &out))
                done = false;
            wt_buf_free(&out);
        }
        if (l) {
            Buf out;
            wt_buf_init(&out, &wt_base_malloc);
            bool again = wt_lang_call(l, LANG_update, 0, 0, slice_str("(func)"), &out);
            /* It may have been this one that failed. */
            again = again || wt_lang_call(l, LANG_update, 0, 0, slice_str("(func)"), &out);
            CHECK(again);
            wt_buf_free(&out);
        }
        wt_lang_free(l);
        CHECK_EQ_INT(f.live, 0);
        if (check_state.bad)
            return;
        done = done && f.until >= 0;
    }
    CHECK(done);
}

int main(void) {
    CHECK_CASE(updates);
    CHECK_CASE(units);
    CHECK_CASE(stacks_and_bytes);
    CHECK_CASE(names);
    hovers();
    CHECK_CASE(completes);
    CHECK_CASE(formats);
    CHECK_CASE(hostile);
    CHECK_CASE(deep);
    CHECK_CASE(out_of_memory);
    return check_done();
}
