/* The command loop of a script: reads one command after the other, checks the modules in them, runs
   actions (script_run.c), and compares what comes of them with what the script expects. With no_run
   nothing is run; such assertions are skipped and counted.

   A command that fails is a line of output, and the loop goes on; only a script whose own form is
   broken ends the job. A row of the table below is a command: its function finds the head behind
   the keyword and leaves it behind the closing parenthesis. */
#include "script/script.h"

#include "base/os.h"
#include "script/script_inside.h"
#include "script/script_run.h"
#include "text/parse.h"
#include "valid/valid.h"

/* ---- output ---- */

/* Line and column of the command; commands come in rising order, so the walk goes on. */
uint64_t wt_script_line(Script *s) {
    for (; s->line_at < s->command_at; s->line_at++) {
        const uint8_t *c = s->text.data + s->line_at;
        bool crlf = *c == '\r' && s->line_at + 1 < s->text.len && c[1] == '\n';
        if (*c == '\n' || (*c == '\r' && !crlf)) {
            s->line++;
            s->line_start = s->line_at + 1;
        }
    }
    return s->line;
}

static void say_list(Script *s, const char *format, va_list args) {
    if (s->said) {
        va_list again;
        va_copy(again, args);
        s->said->len = 0;
        wt_buf_vprintf(s->said, format, again);
        va_end(again);
    }
    uint64_t line = wt_script_line(s);
    uint64_t column = 1;
    for (uint64_t i = s->line_start; i < s->command_at; i++)
        column += (s->text.data[i] & 0xC0) != 0x80;
    wt_buf_printf(s->out, "%s:%llu:%llu: ", s->options->name, (unsigned long long)line,
                  (unsigned long long)column);
    buf_slice(s->out, s->command);
    buf_str(s->out, ": ");
    wt_buf_vprintf(s->out, format, args);
    buf_u8(s->out, '\n');
}

static void say(Script *s, const char *format, ...) WT_PRINTF(2, 3);
static void say(Script *s, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say_list(s, format, args);
    va_end(args);
}

void wt_script_fail(Script *s, const char *format, ...) {
    s->result->failed++;
    va_list args;
    va_start(args, format);
    say_list(s, format, args);
    va_end(args);
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

bool wt_script_take_string(Script *s, Slice *text, const char *what) {
    *text = (Slice){0};
    if (s->lx.token.kind == TOKEN_string)
        *text = wt_text_string(&s->lx, s->lx.token, &s->arena);
    if (!wt_script_expect(s, TOKEN_string, what))
        return false;
    if (!text->data)
        wt_diag_oom(s->d);
    return text->data != NULL;
}

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

/* The module becomes part of the store; without `definition` also an instance. */
static bool start_module(Script *s, Attempt *a) {
    bool definition = a->definition;
    Loaded *l = wt_script_keep(s, a);
    if (!l || definition)
        return l != NULL;
    Buf why;
    wt_buf_init(&why, s->allocator);
    if (wt_script_instantiate(s, l, l->id, &why) != OUTCOME_values) {
        s->result->failed++;
        say(s, "could not be instantiated: %.*s", (int)why.len, (const char *)why.data);
    }
    wt_buf_free(&why);
    return !s->d->out_of_memory;
}

Slice wt_script_take_id(Script *s) {
    Slice id = {0};
    if (s->lx.token.kind == TOKEN_id) {
        id = lexer_slice(&s->lx);
        wt_lex_next(&s->lx);
    }
    return id;
}

/* (module instance $instance? $definition?): one identifier alone names the instance. */
static bool run_instance(Script *s) {
    wt_lex_next(&s->lx);
    Slice id = wt_script_take_id(s), of = wt_script_take_id(s);
    if (!wt_script_expect(s, TOKEN_rparen, "the end of the instance"))
        return false;
    if (!s->machine)
        return true;
    Loaded *l = wt_script_find_module(s, of);
    Buf why;
    wt_buf_init(&why, s->allocator);
    if (!l)
        buf_str(&why, "there is no such definition");
    if (!l || wt_script_instantiate(s, l, id, &why) != OUTCOME_values) {
        s->result->failed++;
        say(s, "could not be instantiated: %.*s", (int)why.len, (const char *)why.data);
    }
    wt_buf_free(&why);
    return !s->d->out_of_memory;
}

static bool run_module(Script *s) {
    if (lexer_is(&s->lx, "instance"))
        return run_instance(s);
    Attempt a;
    wt_script_attempt_init(s, &a);
    bool ok = wt_script_read_module(s, &a);
    /* Without running, a valid module is a check of its own. */
    if (ok && expect_good(s, &a)) {
        if (s->machine)
            ok = start_module(s, &a);
        else
            count_passed(s);
    } else if (s->machine) {
        s->machine->current = NULL;
    }
    wt_script_attempt_free(&a);
    return ok;
}

/* (register "name" $id?) */
static bool run_register(Script *s) {
    if (!s->machine)
        return skip_form(s);
    Slice name;
    if (!wt_script_take_string(s, &name, "the name to register"))
        return false;
    Slice id = wt_script_take_id(s);
    Instance *in = wt_script_find_instance(s, id);
    if (in)
        wt_script_register(s, name, in);
    else if (!wt_script_register_shared(s, name, id))
        wt_script_fail(s, "there is no such instance");
    return wt_script_expect(s, TOKEN_rparen, "the end of the command");
}

/* ---- actions ---- */

static void print_outcome(const Outcome *o, Buf *b) {
    static const char *const words[] = {
        [OUTCOME_values] = "",
        [OUTCOME_trap] = "a trap: ",
        [OUTCOME_exception] = "an exception: ",
        [OUTCOME_suspension] = "a suspension: ",
        [OUTCOME_error] = "no call: ",
    };
    buf_str(b, words[o->kind]);
    buf_slice(b, slice(o->why.data, o->why.len));
    const Value *v = o->values;
    for (uint32_t i = 0; i < o->count; i++) {
        if (i)
            buf_u8(b, ' ');
        wt_script_print_value(b, o->types[i], v);
        v += valtype_slots(o->types[i]);
    }
    if (o->kind == OUTCOME_values && o->count == 0)
        buf_str(b, "no result");
}

/* Something else came than `expected`. */
static void fail_outcome(Script *s, Slice expected, const Outcome *o) {
    Buf b;
    wt_buf_init(&b, s->allocator);
    print_outcome(o, &b);
    s->result->failed++;
    say(s, "expected %.*s, got %.*s", (int)expected.len, (const char *)expected.data, (int)b.len,
        (const char *)b.data);
    wt_buf_free(&b);
}

/* An action that stands alone has to come to its end. */
static bool run_action(Script *s) {
    if (!s->machine)
        return skip_form(s);
    wt_lex_at(&s->lx, (uint32_t)(s->command.data - s->text.data));
    Outcome o;
    wt_script_outcome_init(s, &o);
    bool ok = wt_script_action(s, &o);
    if (ok && o.kind != OUTCOME_values)
        fail_outcome(s, slice_str("success"), &o);
    wt_script_outcome_free(&o);
    return ok;
}

/* The result patterns, up to the end of the assertion. */
static bool compare_results(Script *s, const Outcome *o) {
    uint32_t start = s->lx.token.at, n = 0;
    bool same = true;
    const Value *v = o->values;
    static const Value none[2];
    for (; s->lx.token.kind == TOKEN_lparen; n++) {
        bool one, there = o->kind == OUTCOME_values && n < o->count;
        if (!wt_script_match_result(s, there ? o->types[n] : VAL_bot, there ? v : none, &one))
            return false;
        same &= one && there;
        if (there)
            v += valtype_slots(o->types[n]);
    }
    uint32_t end = s->lx.token.at;
    if (!wt_script_expect(s, TOKEN_rparen, "a result or the end of the assertion"))
        return false;
    if (o->kind == OUTCOME_values && same && n == o->count) {
        count_passed(s);
        return true;
    }
    fail_outcome(s, n ? slice(s->text.data + start, end - start) : slice_str("no result"), o);
    return true;
}

static bool run_return(Script *s) {
    if (!s->machine) {
        count_skipped(s);
        return skip_form(s);
    }
    Outcome o;
    wt_script_outcome_init(s, &o);
    bool ok = wt_script_expect(s, TOKEN_lparen, "an action") && wt_script_action(s, &o) &&
              compare_results(s, &o);
    wt_script_outcome_free(&o);
    return ok;
}

static bool starts_with_text(Slice text, Slice start) {
    return text.len >= start.len &&
           (start.len == 0 || memcmp(text.data, start.data, start.len) == 0);
}

/* The string at the end of an assertion. */
static bool read_message(Script *s, Slice *text) {
    return wt_script_take_string(s, text, "the expected message") &&
           wt_script_expect(s, TOKEN_rparen, "the end of the assertion");
}

/* Ended as wanted, with the words expected? */
static void compare_end(Script *s, const Outcome *o, OutcomeKind wanted, Slice text) {
    if (o->kind == wanted &&
        (s->options->ignore_messages || starts_with_text(slice(o->why.data, o->why.len), text))) {
        count_passed(s);
        return;
    }
    Buf b;
    wt_buf_init(&b, s->allocator);
    if (wanted == OUTCOME_exception)
        buf_str(&b, "an exception");
    else
        wt_buf_printf(&b, "\"%.*s\"", (int)text.len, (const char *)text.data);
    fail_outcome(s, slice(b.data, b.len), o);
    wt_buf_free(&b);
}

/* (module ...) that must not become an instance. */
static bool start_badly(Script *s, OutcomeKind wanted) {
    wt_lex_next(&s->lx);
    Attempt a;
    wt_script_attempt_init(s, &a);
    bool ok = wt_script_read_module(s, &a), good = ok && expect_good(s, &a);
    Slice text;
    Loaded *l = NULL;
    if (good && s->machine)
        ok = (l = wt_script_keep(s, &a)) != NULL;
    else if (good)
        count_skipped(s);
    ok = ok && read_message(s, &text);
    if (ok && l) {
        Instance *current = s->machine->current;
        Outcome o;
        wt_script_outcome_init(s, &o);
        o.kind = wt_script_instantiate(s, l, (Slice){0}, &o.why);
        s->machine->current = current;
        compare_end(s, &o, wanted, text);
        wt_script_outcome_free(&o);
    }
    wt_script_attempt_free(&a);
    return ok && !s->d->out_of_memory;
}

static bool expect_end(Script *s, OutcomeKind wanted) {
    Outcome o;
    wt_script_outcome_init(s, &o);
    Slice text = {0};
    bool ok = wt_script_action(s, &o);
    if (wanted == OUTCOME_exception)
        ok = ok && wt_script_expect(s, TOKEN_rparen, "the end of the assertion");
    else
        ok = ok && read_message(s, &text);
    if (ok)
        compare_end(s, &o, wanted, text);
    wt_script_outcome_free(&o);
    return ok;
}

static bool run_failing(Script *s, OutcomeKind wanted, bool takes_module) {
    if (!wt_script_expect(s, TOKEN_lparen, "an action or a module"))
        return false;
    if (takes_module && lexer_is(&s->lx, "module"))
        return start_badly(s, wanted);
    if (s->machine)
        return expect_end(s, wanted);
    count_skipped(s);
    return skip_form(s) && skip_form(s);
}

static bool run_trap(Script *s) { return run_failing(s, OUTCOME_trap, true); }
static bool run_exhaustion(Script *s) { return run_failing(s, OUTCOME_trap, false); }
static bool run_exception(Script *s) { return run_failing(s, OUTCOME_exception, false); }
static bool run_suspension(Script *s) { return run_failing(s, OUTCOME_suspension, true); }

static bool run_unlinkable(Script *s) {
    if (!wt_script_expect(s, TOKEN_lparen, "a module"))
        return false;
    if (!lexer_is(&s->lx, "module")) {
        wt_lex_unexpected(&s->lx, "a module");
        return false;
    }
    return start_badly(s, OUTCOME_error);
}

static bool run_nothing(Script *s) { return skip_form(s); }

/* When nothing is run, its commands are gone through like all others. What comes behind threads
   that cannot be started means nothing. */
static bool run_thread(Script *s) {
    bool possible = s->options->threads && wt_os_has_threads();
    if (s->machine && possible)
        return wt_script_thread(s);
    if (s->machine) {
        s->result->skipped++;
        say(s, "skipped with all that follows: there are no threads here");
        wt_lex_at(&s->lx, (uint32_t)s->text.len);
        return true;
    }
    if (s->lx.token.kind == TOKEN_id)
        wt_lex_next(&s->lx);
    s->threads++;
    return true;
}

static bool run_wait(Script *s) { return s->machine ? wt_script_wait(s) : skip_form(s); }

/* ---- assertions about modules ---- */

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
    if (fits && (s->options->ignore_messages || starts_with_text(slice_str(e->text), text))) {
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
    {"register", run_register},
    {"invoke", run_action},
    {"get", run_action},
    {"assert_return", run_return},
    {"assert_trap", run_trap},
    {"assert_exhaustion", run_exhaustion},
    {"assert_exception", run_exception},
    {"assert_suspension", run_suspension},
    {"assert_unlinkable", run_unlinkable},
    {"assert_malformed", run_malformed},
    {"assert_invalid", run_invalid},
    {"assert_malformed_custom", run_malformed_custom},
    {"assert_invalid_custom", run_invalid_custom},
    {"thread", run_thread},
    {"shared", run_nothing},
    {"wait", run_wait},
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

/* Tells how the command that begins at `start` ended. */
static void tell_mark(Script *s, uint64_t start, uint64_t end, const ScriptResult *before,
                      bool broken) {
    ScriptMark mark = {.start = start, .end = end, .command = s->command};
    if (broken || s->result->failed > before->failed)
        mark.outcome = SCRIPT_failed;
    else if (s->result->skipped > before->skipped)
        mark.outcome = SCRIPT_skipped;
    if (broken && s->d->count)
        mark.message = slice_str(s->d->entries[0]->text);
    else if (mark.outcome != SCRIPT_passed && s->said->len)
        mark.message = slice(s->said->data, s->said->len);
    s->options->mark(s->options->mark_user, &mark);
}

/* Runs a command, and tells how it ended. */
static bool marked(Script *s, uint64_t start, uint64_t end, bool (*command)(Script *s)) {
    Buf said;
    ScriptResult before = *s->result;
    wt_buf_init(&said, s->allocator);
    s->said = &said;
    bool ok = command(s);
    tell_mark(s, start, end, &before, !ok);
    s->said = NULL;
    wt_buf_free(&said);
    return ok;
}

/* Its problems are told as those of a command; the script itself is not broken by them. */
static bool run_bare_module(Script *s) {
    s->command = slice_str("module");
    Attempt a;
    wt_script_attempt_init(s, &a);
    wt_text_parse(&a.module, s->text, &a.diag);
    if (a.diag.errors == 0)
        wt_valid_module(&a.module, 1, &a.diag);
    s->result->modules++;
    if (expect_good(s, &a)) {
        if (s->machine)
            start_module(s, &a);
        else
            count_passed(s);
    }
    if (a.diag.out_of_memory)
        wt_diag_oom(s->d);
    wt_script_attempt_free(&a);
    return true;
}

/* Behind the parenthesis that closes the form at whose beginning the head stands. */
static uint64_t form_end(const Script *s) {
    Lexer ahead = s->lx;
    ahead.diag = NULL;
    size_t depth = 0;
    do {
        depth += ahead.token.kind == TOKEN_lparen;
        depth -= ahead.token.kind == TOKEN_rparen && depth > 0;
    } while (depth > 0 && wt_lex_next(&ahead) != TOKEN_eof);
    return (uint64_t)(ahead.at - ahead.start);
}

static bool marked_command(Script *s) {
    return marked(s, s->lx.token.at, form_end(s), read_command);
}

void wt_script_commands(Script *s) {
    bool (*command)(Script *) = s->options->mark && !s->stop ? marked_command : read_command;
    while (s->lx.token.kind != TOKEN_eof && !(s->stop && atomic_load(s->stop)) && command(s))
        ;
    wt_script_end_threads(s);
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
    wt_arena_init(&s.arena, allocator);
    if (!options->no_run && !wt_script_machine_new(&s))
        ;
    else if (is_bare_module(&s))
        (void)(options->mark ? marked(&s, 0, text.len, run_bare_module) : run_bare_module(&s));
    else
        wt_script_commands(&s);
    if (s.threads && d->errors == 0)
        wt_diag_add(d, ERR_unclosed_paren, text.len, 0, "of a thread");
    wt_script_machine_free(&s);
    wt_arena_free(&s.arena);
    return d->errors == 0;
}
