/* The command loop of a script: reads one command after the other, checks the modules in them, and
   compares what is wrong with what the script expects. Running actions needs the rooms above
   `valid`; without it (no_run) they are skipped and counted.

   A command that fails is a line of output, and the loop goes on; only a script whose own form is
   broken ends the job. A row of the table below is a command: its function finds the head behind
   the keyword and leaves it behind the closing parenthesis. */
#include "script/script.h"

#include "script/script_inside.h"
#include "text/parse.h"
#include "valid/valid.h"

/* ---- output ---- */

/* Line and column of the command; commands come in rising order, so the walk goes on. */
static void find_line(Script *s) {
    for (; s->line_at < s->command_at; s->line_at++) {
        const uint8_t *c = s->text.data + s->line_at;
        bool crlf = *c == '\r' && s->line_at + 1 < s->text.len && c[1] == '\n';
        if (*c == '\n' || (*c == '\r' && !crlf)) {
            s->line++;
            s->line_start = s->line_at + 1;
        }
    }
}

static void say(Script *s, const char *format, ...) WT_PRINTF(2, 3);
static void say(Script *s, const char *format, ...) {
    find_line(s);
    uint64_t column = 1;
    for (uint64_t i = s->line_start; i < s->command_at; i++)
        column += (s->text.data[i] & 0xC0) != 0x80;
    wt_buf_printf(s->out, "%s:%llu:%llu: ", s->options->name, (unsigned long long)s->line,
                  (unsigned long long)column);
    buf_slice(s->out, s->command);
    buf_str(s->out, ": ");
    va_list args;
    va_start(args, format);
    wt_buf_vprintf(s->out, format, args);
    va_end(args);
    buf_u8(s->out, '\n');
}

static void count_passed(Script *s) {
    s->result->passed++;
    if (s->options->verbose)
        say(s, "passed");
}

static void count_skipped(Script *s) {
    s->result->skipped++;
    if (s->options->verbose)
        say(s, "skipped");
}

/* ---- reading ---- */

bool wt_script_expect(Script *s, TokenKind kind, const char *what) {
    if (s->lx.token.kind == kind) {
        wt_lex_next(&s->lx);
        return true;
    }
    wt_lex_unexpected(&s->lx, what);
    return false;
}

/* To behind the parenthesis that closes the form whose inside is being read. */
static bool skip_form(Script *s) {
    for (size_t depth = 1; depth > 0; wt_lex_next(&s->lx)) {
        switch ((TokenKind)s->lx.token.kind) {
        case TOKEN_lparen:
            depth++;
            break;
        case TOKEN_rparen:
            depth--;
            break;
        case TOKEN_eof:
            wt_diag_add(s->d, ERR_unclosed_paren, s->command_at, 1, "of a command");
            return false;
        case TOKEN_keyword:
        case TOKEN_id:
        case TOKEN_string:
        case TOKEN_nat:
        case TOKEN_int:
        case TOKEN_float:
        case TOKEN_reserved:
        case TOKEN_error:
            break;
        }
    }
    return true;
}

/* ---- modules ---- */

static bool expect_round_trip(Script *s, const Attempt *a) {
    Buf why;
    wt_buf_init(&why, s->allocator);
    bool ok = wt_script_round_trip(s, a, &why);
    if (!ok && why.len) {
        s->result->failed++;
        say(s, "round trip: %.*s", (int)why.len, (const char *)why.data);
    }
    wt_buf_free(&why);
    return ok;
}

/* A module that should be good. */
static bool expect_good(Script *s, const Attempt *a) {
    const DiagEntry *e = wt_script_first_error(a);
    if (!e)
        return !s->options->round_trip || expect_round_trip(s, a);
    s->result->failed++;
    ErrorClass class = (ErrorClass)wt_error_info((ErrorCode)e->code)->class;
    say(s, "expected a valid module, got \"%s\" (%s)", e->text, wt_script_class_word(class));
    return false;
}

static bool run_module(Script *s) {
    if (lexer_is(&s->lx, "instance"))
        return skip_form(s);
    Attempt a;
    wt_script_attempt_init(s, &a);
    bool ok = wt_script_read_module(s, &a);
    /* Without running, a valid module is a check of its own. */
    if (ok && expect_good(s, &a) && s->options->no_run)
        count_passed(s);
    wt_script_attempt_free(&a);
    return ok;
}

/* ---- what needs running ---- */

static bool run_nothing(Script *s) { return skip_form(s); }

/* invoke, get, and the assertions about them. */
static bool run_action(Script *s) {
    count_skipped(s);
    return skip_form(s);
}

/* assert_trap and assert_unlinkable may hold a module, which has to be valid. */
static bool run_instantiation(Script *s) {
    if (!wt_script_expect(s, TOKEN_lparen, "an action or a module"))
        return false;
    if (!lexer_is(&s->lx, "module")) {
        count_skipped(s);
        return skip_form(s) && skip_form(s);
    }
    wt_lex_next(&s->lx);
    Attempt a;
    wt_script_attempt_init(s, &a);
    bool ok = wt_script_read_module(s, &a);
    if (ok && expect_good(s, &a))
        count_skipped(s);
    wt_script_attempt_free(&a);
    return ok && skip_form(s);
}

/* (thread $t (shared ...)? command...): its commands are gone through like all others. */
static bool run_thread(Script *s) {
    if (s->lx.token.kind == TOKEN_id)
        wt_lex_next(&s->lx);
    s->threads++;
    return true;
}

/* ---- assertions about modules ---- */

static bool starts_with_text(const char *text, Slice start) {
    return strlen(text) >= start.len && (start.len == 0 || !memcmp(text, start.data, start.len));
}

/* What a module should be refused for. CUSTOM problems have two commands, which do not tell the
   two classes of bytes and text apart. */
static bool class_fits(ErrorClass class, ErrorClass wanted, bool custom) {
    return class == wanted || (custom && class == CLASS_CUSTOM);
}

static void compare_error(Script *s, const Attempt *a, ErrorClass wanted, bool custom, Slice text) {
    const DiagEntry *e = wt_script_first_error(a);
    if (!e) {
        s->result->failed++;
        say(s, "expected \"%.*s\", accepted", (int)text.len, (const char *)text.data);
        return;
    }
    ErrorClass class = (ErrorClass)wt_error_info((ErrorCode)e->code)->class;
    bool fits = class_fits(class, wanted, custom);
    if (fits && (s->options->ignore_messages || starts_with_text(e->text, text))) {
        count_passed(s);
        return;
    }
    s->result->failed++;
    if (fits)
        say(s, "expected \"%.*s\", got \"%s\"", (int)text.len, (const char *)text.data, e->text);
    else
        say(s, "expected \"%.*s\" (%s), got \"%s\" (%s)", (int)text.len, (const char *)text.data,
            wt_script_class_word(wanted), e->text, wt_script_class_word(class));
}

static bool run_refusal(Script *s, ErrorClass wanted, bool custom) {
    Attempt a;
    Buf text;
    wt_script_attempt_init(s, &a);
    wt_buf_init(&text, s->allocator);
    bool ok = wt_script_expect(s, TOKEN_lparen, "a module") && lexer_is(&s->lx, "module");
    if (ok) {
        wt_lex_next(&s->lx);
        ok = wt_script_read_module(s, &a);
    } else if (s->d->errors == 0) {
        wt_lex_unexpected(&s->lx, "a module");
    }
    if (ok && s->lx.token.kind == TOKEN_string)
        wt_lex_string(&s->lx, s->lx.token, &text);
    ok = ok && wt_script_expect(s, TOKEN_string, "the expected message") &&
         wt_script_expect(s, TOKEN_rparen, "the end of the assertion");
    if (text.failed)
        wt_diag_oom(s->d);
    else if (ok)
        compare_error(s, &a, wanted, custom, slice(text.data, text.len));
    ok = ok && !text.failed;
    wt_buf_free(&text);
    wt_script_attempt_free(&a);
    return ok;
}

static bool run_malformed(Script *s) { return run_refusal(s, CLASS_MALFORMED, false); }
static bool run_invalid(Script *s) { return run_refusal(s, CLASS_INVALID, false); }
static bool run_malformed_custom(Script *s) { return run_refusal(s, CLASS_MALFORMED, true); }
static bool run_invalid_custom(Script *s) { return run_refusal(s, CLASS_INVALID, true); }

/* ---- the loop ---- */

static const struct ScriptCommand {
    const char *word;
    bool (*run)(Script *s);
} script_commands[] = {
    {"module", run_module},
    {"register", run_nothing},
    {"invoke", run_action},
    {"get", run_action},
    {"assert_return", run_action},
    {"assert_trap", run_instantiation},
    {"assert_exhaustion", run_action},
    {"assert_exception", run_action},
    {"assert_suspension", run_action},
    {"assert_unlinkable", run_instantiation},
    {"assert_malformed", run_malformed},
    {"assert_invalid", run_invalid},
    {"assert_malformed_custom", run_malformed_custom},
    {"assert_invalid_custom", run_invalid_custom},
    {"thread", run_thread},
    {"shared", run_nothing},
    {"wait", run_nothing},
};

static const struct ScriptCommand *find_command_row(Slice word) {
    for (size_t i = 0; i < WT_COUNT(script_commands); i++)
        if (slice_is(word, script_commands[i].word))
            return &script_commands[i];
    return NULL;
}

static bool read_command(Script *s) {
    s->command_at = s->lx.token.at;
    s->command = (Slice){NULL, 0};
    if (s->threads && s->lx.token.kind == TOKEN_rparen) {
        s->threads--;
        wt_lex_next(&s->lx);
        return true;
    }
    if (!wt_script_expect(s, TOKEN_lparen, "a command"))
        return false;
    s->command = lexer_slice(&s->lx);
    const struct ScriptCommand *c = find_command_row(s->command);
    if (!c) {
        wt_lex_unexpected(&s->lx, "a command of the script language");
        return false;
    }
    wt_lex_next(&s->lx);
    return c->run(s);
}

/* A script may be the fields of one module, without any command. */
static bool is_bare_module(const Script *s) {
    Token t = wt_lex_after(&s->lx);
    return s->lx.token.kind == TOKEN_lparen && t.kind == TOKEN_keyword &&
           !find_command_row(token_slice(&s->lx, t));
}

static void run_bare_module(Script *s) {
    s->command = slice_str("module");
    Attempt a;
    wt_script_attempt_init(s, &a);
    wt_text_parse(&a.module, s->text, &a.diag);
    if (a.diag.errors == 0)
        wt_valid_module(&a.module, 1, &a.diag);
    s->result->modules++;
    if (expect_good(s, &a) && s->options->no_run)
        count_passed(s);
    if (a.diag.out_of_memory)
        wt_diag_oom(s->d);
    wt_script_attempt_free(&a);
}

bool wt_script_run(Slice text, const Allocator *allocator, const ScriptOptions *options,
                   ScriptResult *result, Buf *out, Diag *d) {
    Script s = {.text = text,
                .allocator = allocator,
                .options = options,
                .result = result,
                .out = out,
                .d = d,
                .line = 1};
    wt_lex_init(&s.lx, text, d);
    if (is_bare_module(&s))
        run_bare_module(&s);
    else
        while (s.lx.token.kind != TOKEN_eof && read_command(&s))
            ;
    if (s.threads && d->errors == 0)
        wt_diag_add(d, ERR_unclosed_paren, text.len, 0, "of a thread");
    return d->errors == 0;
}
