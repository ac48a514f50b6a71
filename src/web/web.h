/* The library as a WebAssembly module for JavaScript: what web/npm/wattle.js calls. No main, no
   state: a call takes an input and options, and answers with a WebResult that the caller frees. Bad
   input is a result like any other.

   Options are entries one behind the other: a name with its NUL, the length of the value in four
   bytes (little endian), the value. A flag is an entry with any value. Unknown names are passed
   over, so that the two sides need not be of one age.

   The module imports from wasi_snapshot_preview1 only: fd_write and fd_read (the streams of a
   program that runs), clocks, random bytes and waiting, which the wrapper gives. */
#ifndef WATTLE_WEB_WEB_H
#define WATTLE_WEB_WEB_H

#define WATTLE_UNSTABLE
#include "wattle.h"

#if defined(__wasm__)
#define WEB_EXPORT(name) __attribute__((export_name(name)))
#else /* read by checks only */
#define WEB_EXPORT(name)
#endif

/* Bytes that grow. `failed`: memory is out, and nothing is added any more. */
typedef struct WebBytes {
    uint8_t *data;
    size_t len, cap;
    bool failed;
} WebBytes;

/* What JavaScript reads: nine words. */
typedef struct WebResult {
    uint32_t status; /* wattle_status */
    WebBytes out;    /* what was made: bytes or text; WebBytes are four words, */
    WebBytes report; /* and the problems as JSON, as `wattle --diagnostics=json` writes them */
} WebResult;

typedef struct WebInput {
    const uint8_t *data;
    size_t len;
    const uint8_t *options;
    size_t options_len;
    const char *name; /* for messages */
    uint64_t features;
} WebInput;

/* ---- options.c ---- */

/* An entry of the options. */
typedef struct WebOption {
    const char *name;
    const char *value; /* value_len bytes, without a NUL */
    size_t len;
} WebOption;
/* The entry at *at, which is moved behind it; false: there are no more. */
bool web_next_option(const WebInput *in, size_t *at, WebOption *option);
/* The first of this name. */
bool web_find_option(const WebInput *in, const char *name, WebOption *option);
bool web_flag(const WebInput *in, const char *name);
/* A number in decimal digits; `other` when there is none. */
uint64_t web_number(const WebInput *in, const char *name, uint64_t other);
/* The value with a NUL, from malloc; NULL: memory is out. */
char *web_text(const WebOption *option);

bool web_write(void *bytes, const void *data, size_t len); /* a wattle_write */
void web_put(WebBytes *b, const char *text);
void web_put_number(WebBytes *b, uint64_t v);
/* In quotes, with escapes; what is not UTF-8 becomes U+FFFD on the other side. */
void web_put_json(WebBytes *b, wattle_string s);
void web_put_json_text(WebBytes *b, const char *text);

/* ---- call.c ---- */

typedef wattle_status WebJob(wattle_engine *engine, const WebInput *in, WebResult *r,
                             wattle_report **report);
/* Makes the engine (and the result, NULL: memory is out), calls the job, and writes its report. */
void web_call_into(WebResult *r, const uint8_t *data, size_t len, const uint8_t *options,
                   size_t options_len, WebJob *job);
WebResult *web_call(const uint8_t *data, size_t len, const uint8_t *options, size_t options_len,
                    WebJob *job);

/* ---- what JavaScript calls ---- */

#define WEB_CALL(name)                                                                             \
    WEB_EXPORT("wattle_" #name)                                                                    \
    WebResult *web_##name(const uint8_t *data, size_t len, const uint8_t *options,                 \
                          size_t options_len)

WEB_EXPORT("wattle_alloc") void *web_alloc(size_t size);
WEB_EXPORT("wattle_free") void web_free(void *p);
WEB_EXPORT("wattle_free_result") void web_free_result(WebResult *r);
/* "0.1.0", with a NUL. */
WEB_EXPORT("wattle_version") const char *web_version(void);
WEB_CALL(wat2wasm); /* nocheck, nonames */
WEB_CALL(wasm2wat); /* nocheck, fold, nonames, generate, inline-exports, inline-imports, offsets,
                       skeleton, lossless, noannotations, indent */
WEB_CALL(validate);
WEB_CALL(strip);    /* all, debug; keep and remove, several times */
WEB_CALL(objdump);  /* headers, details, disassemble, contents, relocations; section */
WEB_CALL(describe); /* nocheck */
WEB_CALL(run);      /* arg, env, file (path NUL contents) and value, several times; invoke, fuel,
                       count, timeout (ms), memory, heap, stack (bytes), deterministic, seed */

/* In the modules of web/loader, where `run` and `describe` are not, and of web/playground. */
WEB_CALL(pack); /* file, clauses, map, hot, package (its name), targets (WATTLE_PACK_ bits) */

/* In that of web/playground. */
WEB_CALL(script); /* fuel */

#endif
