/* Any bytes as a text that is edited: every question is answered at many places, tokens leave only
 * blanks out, layout keeps the binary and is final, each byte of the binary is explained, and what
 * one document knows of the text before changes nothing. */
#include "fuzz.h"

#include "lang/lang.h"
#include "wasm/op.h"

enum { PLACES = 12 };

static Lang *lang_document(void) {
    uint64_t features = 0;
    Slice bad;
    wt_feature_parse(slice_str("all"), &features, &bad);
    Lang *l = wt_lang_new(&wt_base_malloc, features);
    fuzz_check(l != NULL);
    return l;
}

static void lang_ask(Lang *l, LangCall call, uint32_t a, uint32_t b, Slice text, Buf *out) {
    out->len = 0;
    fuzz_check(wt_lang_call(l, call, a, b, text, out) && !out->failed);
}

static bool lang_ok(const Buf *edited) {
    return edited->len > 10 && memcmp(edited->data, "{\"ok\":true", 10) == 0;
}

/* Replaces the edits of an answer, which are in order, all of blanks, and of an ASCII text. */
static void apply_edits(Slice text, Buf *answer, Buf *out) {
    buf_u8(answer, 0);
    size_t at = 0;
    for (const char *p = (const char *)answer->data; (p = strstr(p, "\"start\":"));) {
        char *after;
        size_t start = strtoul(p + 8, &after, 10), end = strtoul(after + 7, &after, 10);
        fuzz_check(at <= start && start <= end && end <= text.len);
        buf_bytes(out, text.data + at, start - at);
        for (p = after + 9; *p != '"'; p++) {
            buf_u8(out, *p == '\\' ? '\n' : ' ');
            p += *p == '\\';
        }
        at = end;
    }
    buf_bytes(out, text.data + at, text.len - at);
}

static void check_tokens(Slice text, const Buf *tokens) {
    size_t at = 0;
    for (size_t i = 0; i + 12 <= tokens->len; i += 12) {
        size_t start = load32le(tokens->data + i), end = start + load32le(tokens->data + i + 4);
        fuzz_check(at <= start && start < end && end <= text.len);
        for (; at < start; at++)
            fuzz_check(strchr(" \t\r\n", text.data[at]) && text.data[at]);
        at = end;
    }
    for (; at < text.len; at++)
        fuzz_check(strchr(" \t\r\n", text.data[at]) && text.data[at]);
}

static void check_layout(Slice text, const Buf *binary) {
    Lang *l = lang_document();
    Buf out, laid;
    wt_buf_init(&out, &wt_base_malloc);
    wt_buf_init(&laid, &wt_base_malloc);
    lang_ask(l, LANG_update, 0, 0, text, &out);
    lang_ask(l, LANG_format, 0, 0, slice_str(""), &out);
    apply_edits(text, &out, &laid);
    lang_ask(l, LANG_update, 0, 0, slice(laid.data, laid.len), &out);
    fuzz_check(lang_ok(&out));
    lang_ask(l, LANG_bytes, 0, 0, slice_str(""), &out);
    fuzz_check(slice_eq(slice(out.data, out.len), slice(binary->data, binary->len)));
    lang_ask(l, LANG_format, 0, 0, slice_str(""), &out);
    fuzz_check(slice_is(slice(out.data, out.len), "[]"));
    wt_buf_free(&out);
    wt_buf_free(&laid);
    wt_lang_free(l);
}

static void check_bytes(Lang *l, const Buf *binary) {
    Buf out;
    wt_buf_init(&out, &wt_base_malloc);
    size_t step = binary->len / 500 + 1;
    for (size_t i = 0; i < binary->len; i += step) {
        lang_ask(l, LANG_byte, (uint32_t)i, 0, slice_str(""), &out);
        fuzz_check(out.len > 4);
    }
    wt_buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    Slice text = slice(data, size);
    Lang *l = lang_document();
    Buf out, first, binary;
    wt_buf_init(&out, &wt_base_malloc);
    wt_buf_init(&first, &wt_base_malloc);
    wt_buf_init(&binary, &wt_base_malloc);
    bool ascii = true;
    for (size_t i = 0; i < size; i++)
        ascii = ascii && data[i] < 0x80;
    lang_ask(l, LANG_update, 0, 0, text, &first);
    lang_ask(l, LANG_tokens, 0, (uint32_t)size, slice_str(""), &out);
    if (ascii)
        check_tokens(text, &out);
    for (unsigned call = LANG_bytes; call < LANG_call_count; call++)
        for (unsigned i = 0; i <= PLACES; i++) {
            uint32_t at = (uint32_t)(size * i / PLACES);
            lang_ask(l, (LangCall)call, at, at + 200, slice_str("x"), &out);
        }
    lang_ask(l, LANG_bytes, 0, 0, slice_str(""), &binary);
    fuzz_check(lang_ok(&first) == (binary.len > 0));
    if (binary.len) {
        check_bytes(l, &binary);
        if (ascii)
            check_layout(text, &binary);
    }
    /* Half of it, then the whole again. */
    lang_ask(l, LANG_update, 0, 0, slice(data, size / 2), &out);
    lang_ask(l, LANG_update, 0, 0, text, &out);
    lang_ask(l, LANG_update, 0, 0, text, &out);
    fuzz_check(slice_eq(slice(out.data, out.len), slice(first.data, first.len)));
    wt_buf_free(&out);
    wt_buf_free(&first);
    wt_buf_free(&binary);
    wt_lang_free(l);
    return 0;
}
