/* Between JavaScript and the room `lang`: an answer becomes a WebResult. */
#include "web/lang.h"

#include "wasm/op.h"

#include <stdlib.h>

Lang *web_lang_new(void) {
    uint64_t features = 0;
    Slice bad;
    wt_feature_parse(slice_str("all"), &features, &bad);
    return wt_lang_new(&wt_base_malloc, features);
}

void web_lang_free(Lang *l) { wt_lang_free(l); }

WebResult *web_lang_call(Lang *l, uint32_t call, uint32_t a, uint32_t b, const uint8_t *text,
                         size_t len) {
    WebResult *r = calloc(1, sizeof *r);
    if (!r)
        return NULL;
    Buf out;
    wt_buf_init(&out, &wt_base_malloc);
    bool ok = call < LANG_call_count &&
              wt_lang_call(l, (LangCall)call, a, b, slice(text, len), &out) && !out.failed;
    r->status = ok ? WATTLE_OK : WATTLE_OUT_OF_MEMORY;
    r->out = (WebBytes){.data = out.data, .len = out.len, .cap = out.cap};
    return r;
}
