/* What the lexer says: problems at tokens, and how messages call a token. */
#include "text/lex.h"
#include "wasm/op.h"

DiagEntry *wt_lex_error(Lexer *lx, Token t, ErrorCode code, const char *detail, ...) {
    if (!lx->diag)
        return NULL;
    /* The parser reads some tokens twice. */
    for (uint32_t i = 0; i < lx->diag->count; i++)
        if (lx->diag->entries[i]->code == code && lx->diag->entries[i]->at == t.at)
            return NULL;
    Buf b;
    wt_buf_init(&b, lx->diag->arena.allocator);
    if (detail) {
        va_list args;
        va_start(args, detail);
        wt_buf_vprintf(&b, detail, args);
        va_end(args);
    }
    buf_u8(&b, 0);
    DiagEntry *e = NULL;
    if (b.failed)
        wt_diag_oom(lx->diag);
    else if (detail)
        e = wt_diag_add(lx->diag, code, t.at, t.len, "%s", (const char *)b.data);
    else
        e = wt_diag_add(lx->diag, code, t.at, t.len, NULL);
    wt_buf_free(&b);
    return e;
}

void wt_lex_describe(const Lexer *lx, Token t, Buf *out) {
    static const char *const words[] = {
        [TOKEN_eof] = "the end of the text", [TOKEN_lparen] = "`(`", [TOKEN_rparen] = "`)`"};
    if (t.kind <= TOKEN_rparen) {
        buf_str(out, words[t.kind]);
        return;
    }
    enum { SHOWN = 40 };
    size_t len = t.len;
    if (len > SHOWN) {
        len = SHOWN;
        while (len > 0 && (lx->start[t.at + len] & 0xC0) == 0x80)
            len--;
    }
    if (t.kind == TOKEN_string)
        buf_str(out, "the string ");
    else
        buf_u8(out, '`');
    buf_bytes(out, lx->start + t.at, len);
    if (len < t.len)
        buf_str(out, "...");
    if (t.kind != TOKEN_string)
        buf_u8(out, '`');
}

/* Words of the grammar that are no instructions. */
static const char *const grammar_words[] = {"array",
                                            "after",
                                            "any",
                                            "anyref",
                                            "arrayref",
                                            "assert_exception",
                                            "assert_exhaustion",
                                            "assert_invalid",
                                            "assert_malformed",
                                            "assert_return",
                                            "assert_trap",
                                            "assert_unlinkable",
                                            "before",
                                            "binary",
                                            "cont",
                                            "contref",
                                            "data",
                                            "declare",
                                            "definition",
                                            "descriptor",
                                            "describes",
                                            "do",
                                            "either",
                                            "elem",
                                            "eq",
                                            "eqref",
                                            "exact",
                                            "exn",
                                            "exnref",
                                            "export",
                                            "extern",
                                            "externref",
                                            "f32",
                                            "f32x4",
                                            "f64",
                                            "f64x2",
                                            "field",
                                            "final",
                                            "first",
                                            "func",
                                            "funcref",
                                            "get",
                                            "global",
                                            "i16",
                                            "i16x8",
                                            "i31",
                                            "i31ref",
                                            "i32",
                                            "i32x4",
                                            "i64",
                                            "i64x2",
                                            "i8",
                                            "i8x16",
                                            "import",
                                            "inf",
                                            "input",
                                            "instance",
                                            "invoke",
                                            "item",
                                            "last",
                                            "local",
                                            "memory",
                                            "module",
                                            "mut",
                                            "nan",
                                            "nan:arithmetic",
                                            "nan:canonical",
                                            "nocont",
                                            "noexn",
                                            "noextern",
                                            "nofunc",
                                            "none",
                                            "null",
                                            "nullcontref",
                                            "nullexnref",
                                            "nullexternref",
                                            "nullfuncref",
                                            "nullref",
                                            "offset",
                                            "on",
                                            "output",
                                            "pagesize",
                                            "param",
                                            "quote",
                                            "rec",
                                            "ref",
                                            "register",
                                            "result",
                                            "script",
                                            "shared",
                                            "start",
                                            "struct",
                                            "structref",
                                            "sub",
                                            "table",
                                            "tag",
                                            "then",
                                            "type",
                                            "v128",
                                            "catch_ref",
                                            "catch_all_ref"};

static bool known_keyword(Slice word) {
    for (unsigned op = 0; op < OP_count; op++)
        if (wt_op_table[op].text && slice_is(word, wt_op_table[op].text))
            return true;
    for (size_t i = 0; i < WT_COUNT(grammar_words); i++)
        if (slice_is(word, grammar_words[i]))
            return true;
    const char *p = (const char *)word.data;
    if (word.len > 6 && memcmp(p, "nan:0x", 6) == 0)
        return wt_lex_number(word.data + 4, word.len - 4) == TOKEN_nat;
    size_t eq = word.len > 7 && memcmp(p, "offset=", 7) == 0  ? 7
                : word.len > 6 && memcmp(p, "align=", 6) == 0 ? 6
                                                              : 0;
    return eq && wt_lex_number(word.data + eq, word.len - eq) == TOKEN_nat;
}

DiagEntry *wt_lex_unexpected(Lexer *lx, const char *expected) {
    Token t = lx->token;
    if (t.kind == TOKEN_error || !lx->diag)
        return NULL;
    ErrorCode code = ERR_unexpected_token;
    if (t.kind == TOKEN_reserved || (t.kind == TOKEN_keyword && !known_keyword(lexer_slice(lx))))
        code = ERR_unknown_operator;
    Buf b;
    wt_buf_init(&b, lx->diag->arena.allocator);
    if (code == ERR_unexpected_token) {
        buf_str(&b, "found ");
        wt_lex_describe(lx, t, &b);
    } else {
        /* The bare word, as the suite has it. */
        buf_u8(&b, ' ');
        buf_bytes(&b, lx->start + t.at, WT_MIN(t.len, 60u));
    }
    if (expected) {
        buf_str(&b, ", expected ");
        buf_str(&b, expected);
    }
    buf_u8(&b, 0);
    DiagEntry *e = NULL;
    if (b.failed)
        wt_diag_oom(lx->diag);
    else
        e = wt_lex_error(lx, t, code, "%s", (const char *)b.data);
    wt_buf_free(&b);
    return e;
}
