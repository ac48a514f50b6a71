/* The language services as exports of the playground's module: what web/playground/document.js
   calls. */
#ifndef WATTLE_WEB_LANG_H
#define WATTLE_WEB_LANG_H

#include "lang/lang.h"
#include "web/web.h"

WEB_EXPORT("lang_new") Lang *web_lang_new(void);
WEB_EXPORT("lang_free") void web_lang_free(Lang *l);
/* A LangCall with two places and a text. The answer is the result's `out`; the caller frees it.
   NULL, or a status: memory is out. */
WEB_EXPORT("lang_call")
WebResult *web_lang_call(Lang *l, uint32_t call, uint32_t a, uint32_t b, const uint8_t *text,
                         size_t len);

#endif
