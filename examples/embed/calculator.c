/* A calculator that compiles each formula to WebAssembly text and runs it in a sandbox: what users
   type may take long, recurse without end or be nonsense, and the host goes on.

       calculator FORMULA...        each with + - * / ( ) numbers, x, and functions of one argument:
                                    sqrt abs floor, fact and sum (n! and 1 + ... + n, slowly)

   x is the result before, 0 at first. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wattle.h>

/* ---- from a formula to the text of a module ---- */

/* What is written once, in the same module as the formula. */
static const char prelude[] = "(module\n"
                              "  (func $fact (param $n f64) (result f64)\n"
                              "    (if (result f64) (f64.eq (local.get $n) (f64.const 0))\n"
                              "      (then (f64.const 1))\n"
                              "      (else (f64.mul (local.get $n)\n"
                              "        (call $fact (f64.sub (local.get $n) (f64.const 1)))))))\n"
                              "  (func $sum (param $n f64) (result f64) (local $s f64)\n"
                              "    (loop $next\n"
                              "      (local.set $s (f64.add (local.get $s) (local.get $n)))\n"
                              "      (local.set $n (f64.sub (local.get $n) (f64.const 1)))\n"
                              "      (br_if $next (f64.ne (local.get $n) (f64.const 0))))\n"
                              "    (local.get $s))\n"
                              "  (func (export \"formula\") (param $x f64) (result f64)\n";

enum { TEXT = 1 << 16, DEPTH = 200 };

typedef struct Formula {
    const char *at; /* what is left of it */
    char text[TEXT];
    size_t len;
    int depth;
    const char *error; /* the first; what follows changes nothing */
} Formula;

static void fail(Formula *f, const char *error) {
    if (!f->error)
        f->error = error;
}

static void emit(Formula *f, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(f->text + f->len, TEXT - f->len, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= TEXT - f->len)
        fail(f, "the formula is too long");
    else
        f->len += (size_t)n;
}

static char peek(Formula *f) {
    f->at += strspn(f->at, " ");
    return *f->at;
}

static bool take(Formula *f, char c) {
    if (peek(f) != c)
        return false;
    f->at++;
    return true;
}

static void sum_of(Formula *f);

static void name_or_call(Formula *f) {
    static const struct {
        const char *name, *code;
    } functions[] = {{"sqrt", "f64.sqrt"},
                     {"abs", "f64.abs"},
                     {"floor", "f64.floor"},
                     {"fact", "call $fact"},
                     {"sum", "call $sum"}};
    size_t len = strspn(f->at, "abcdefghijklmnopqrstuvwxyz");
    const char *name = f->at;
    f->at += len;
    if (len == 1 && *name == 'x') {
        emit(f, "    local.get $x\n");
        return;
    }
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        if (strlen(functions[i].name) != len || memcmp(functions[i].name, name, len) != 0)
            continue;
        if (!take(f, '('))
            fail(f, "'(' is missing behind the name of a function");
        sum_of(f);
        if (!take(f, ')'))
            fail(f, "')' is missing");
        emit(f, "    %s\n", functions[i].code);
        return;
    }
    fail(f, "there is no such name");
}

/* A number, a name, a formula in parentheses, or the negative of one. */
static void factor_of(Formula *f) {
    char c = peek(f);
    if (f->error || ++f->depth > DEPTH) {
        fail(f, "the formula is too deep");
        return;
    }
    if (take(f, '-')) {
        factor_of(f);
        emit(f, "    f64.neg\n");
    } else if (take(f, '(')) {
        sum_of(f);
        if (!take(f, ')'))
            fail(f, "')' is missing");
    } else if (c >= '0' && c <= '9') {
        char *end;
        emit(f, "    f64.const %.17g\n", strtod(f->at, &end));
        f->at = end;
    } else if (c >= 'a' && c <= 'z') {
        name_or_call(f);
    } else {
        fail(f, c ? "a number was expected" : "something is missing at the end");
    }
    f->depth--;
}

static void product_of(Formula *f) {
    factor_of(f);
    for (char c = peek(f); (c == '*' || c == '/') && !f->error; c = peek(f)) {
        f->at++;
        factor_of(f);
        emit(f, "    f64.%s\n", c == '*' ? "mul" : "div");
    }
}

static void sum_of(Formula *f) {
    product_of(f);
    for (char c = peek(f); (c == '+' || c == '-') && !f->error; c = peek(f)) {
        f->at++;
        product_of(f);
        emit(f, "    f64.%s\n", c == '+' ? "add" : "sub");
    }
}

/* ---- running it ---- */

/* Runs the module in a new store: nothing is left of the formula before but x. */
static bool evaluate(wattle_engine *engine, const Formula *f, double *x) {
    wattle_store_config limits = {.size = sizeof limits,
                                  .stack_bytes = 1 << 18,
                                  .instances = 1,
                                  .total_memory_bytes = 1 << 16,
                                  .fuel = true};
    wattle_store *store = wattle_store_new(engine, &limits);
    wattle_module *module = NULL;
    wattle_instance instance;
    wattle_func func;
    wattle_value value = WATTLE_VALUE_F64(*x);
    bool good = store && wattle_module_new(engine, f->text, f->len, &module, NULL) == WATTLE_OK &&
                wattle_instance_new(store, module, NULL, &instance) == WATTLE_OK &&
                wattle_instance_func(store, instance, "formula", &func);
    /* Enough for some ten million instructions, the same on every machine. */
    good = good && wattle_store_set_fuel(store, 10000000) == WATTLE_OK &&
           wattle_func_call(store, func, &value, 1, &value, 1) == WATTLE_OK;
    if (good)
        printf("%.10g\n", *x = value.of.f64);
    else
        printf("stopped: %s\n", store ? wattle_store_message(store) : "out of memory");
    wattle_module_free(module);
    wattle_store_free(store);
    return good;
}

int main(int argc, char **argv) {
    wattle_config config = wattle_config_default();
    wattle_engine *engine = wattle_engine_new(&config);
    double x = 0;
    int bad = 0;
    if (!engine)
        return 1;
    for (int i = 1; i < argc; i++) {
        Formula f = {.at = argv[i]};
        emit(&f, "%s", prelude);
        sum_of(&f);
        emit(&f, "  ))\n");
        if (peek(&f))
            fail(&f, "the formula goes on after its end");
        if (f.error)
            printf("%s, at '%s'\n", f.error, f.at);
        bad += f.error || !evaluate(engine, &f, &x);
    }
    wattle_engine_free(engine);
    return bad > 0;
}
