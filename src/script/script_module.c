/* Modules of a script: text in the script itself, text in strings, bytes in strings. Each is read
   and checked in an arena of its own that lives as long as the command. */
#include "binary/decode.h"
#include "script/script_inside.h"
#include "text/parse.h"
#include "valid/valid.h"

void wt_script_attempt_init(Script *s, Attempt *a) {
    ReadOptions options = {s->options->features, s->options->bounds};
    memset(a, 0, sizeof *a);
    wt_module_init(&a->module, s->allocator, &options);
    wt_diag_init(&a->diag, s->allocator);
    wt_buf_init(&a->bytes, s->allocator);
}

void wt_script_attempt_free(Attempt *a) {
    wt_module_free(&a->module);
    wt_diag_free(&a->diag);
    wt_buf_free(&a->bytes);
}

/* The strings up to the module's closing parenthesis, put together. */
static bool read_strings(Script *s, Buf *out) {
    while (s->lx.token.kind == TOKEN_string) {
        wt_lex_string(&s->lx, s->lx.token, out);
        wt_lex_next(&s->lx);
    }
    if (out->failed)
        wt_diag_oom(s->d);
    return wt_script_expect(s, TOKEN_rparen, "a string or the end of the module");
}

static bool read_bytes_module(Script *s, Attempt *a) {
    if (!read_strings(s, &a->bytes) || a->bytes.failed)
        return false;
    static const uint8_t nothing[1];
    Slice bytes = slice(a->bytes.data ? a->bytes.data : nothing, a->bytes.len);
    if (a->form == FORM_binary)
        wt_binary_decode(&a->module, bytes, 0, &a->diag);
    else
        wt_text_parse(&a->module, bytes, &a->diag);
    return true;
}

bool wt_script_read_module(Script *s, Attempt *a) {
    if (lexer_is(&s->lx, "definition")) {
        a->definition = true;
        wt_lex_next(&s->lx);
    }
    a->id = wt_script_take_id(s);
    bool binary = lexer_is(&s->lx, "binary");
    if (binary || lexer_is(&s->lx, "quote")) {
        a->form = binary ? FORM_binary : FORM_quote;
        wt_lex_next(&s->lx);
        if (!read_bytes_module(s, a))
            return false;
    } else {
        /* What is wrong with a token of the module belongs to the module. */
        s->lx.diag = &a->diag;
        wt_text_parse_module(&a->module, &s->lx, &a->diag);
        s->lx.diag = s->d;
    }
    s->result->modules++;
    a->parsed = a->diag.errors == 0;
    if (a->diag.errors == 0)
        wt_valid_module(&a->module, 1, &a->diag);
    wt_diag_sort(&a->diag);
    if (a->diag.out_of_memory)
        wt_diag_oom(s->d);
    return !s->d->out_of_memory;
}

const DiagEntry *wt_script_first_error(const Attempt *a) { return wt_diag_first(&a->diag); }

const char *wt_script_class_word(ErrorClass class) {
    return class == CLASS_LIMIT ? "over a limit" : wt_error_class_name(class);
}
