/* Options, bytes that grow, JSON. */
#include "web/web.h"

#include <stdlib.h>
#include <string.h>

bool web_next_option(const WebInput *in, size_t *at, WebOption *option) {
    const uint8_t *start = in->options + *at;
    size_t left = in->options_len - *at;
    const uint8_t *nul = left ? memchr(start, 0, left) : NULL;
    if (!nul)
        return false;
    size_t head = (size_t)(nul - start) + 1 + sizeof(uint32_t);
    uint32_t len;
    if (left < head)
        return false;
    memcpy(&len, nul + 1, sizeof len);
    if (len > left - head)
        return false;
    *option = (WebOption){(const char *)start, (const char *)start + head, len};
    *at += head + len;
    return true;
}

bool web_find_option(const WebInput *in, const char *name, WebOption *option) {
    for (size_t at = 0; web_next_option(in, &at, option);)
        if (strcmp(option->name, name) == 0)
            return true;
    return false;
}

bool web_flag(const WebInput *in, const char *name) {
    WebOption option;
    return web_find_option(in, name, &option);
}

uint64_t web_number(const WebInput *in, const char *name, uint64_t other) {
    WebOption option;
    uint64_t v = 0;
    if (!web_find_option(in, name, &option))
        return other;
    for (size_t i = 0; i < option.len; i++) {
        unsigned digit = (unsigned)(uint8_t)option.value[i] - '0';
        if (digit > 9 || v > (UINT64_MAX - digit) / 10)
            return UINT64_MAX;
        v = v * 10 + digit;
    }
    return v;
}

char *web_text(const WebOption *option) {
    char *text = malloc(option->len + 1);
    if (text) {
        memcpy(text, option->value, option->len);
        text[option->len] = 0;
    }
    return text;
}

/* ---- bytes ---- */

bool web_write(void *bytes, const void *data, size_t len) {
    WebBytes *b = bytes;
    if (b->failed)
        return false;
    if (len > b->cap - b->len) {
        size_t cap = b->cap + b->cap / 2 + len;
        uint8_t *grown = cap < b->cap ? NULL : realloc(b->data, cap);
        if (!grown) {
            b->failed = true;
            return false;
        }
        b->data = grown;
        b->cap = cap;
    }
    memcpy(b->data + b->len, data, len);
    b->len += len;
    return true;
}

void web_put(WebBytes *b, const char *text) { (void)web_write(b, text, strlen(text)); }

void web_put_number(WebBytes *b, uint64_t v) {
    char digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (char)('0' + v % 10);
        v /= 10;
    } while (v);
    (void)web_write(b, digits + n, sizeof digits - n);
}

void web_put_json(WebBytes *b, wattle_string s) {
    static const char hex[] = "0123456789abcdef";
    web_put(b, "\"");
    size_t from = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = (uint8_t)s.data[i];
        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
        (void)web_write(b, s.data + from, i - from);
        (void)web_write(b, escape, sizeof escape);
        from = i + 1;
    }
    if (from < s.len)
        (void)web_write(b, s.data + from, s.len - from);
    web_put(b, "\"");
}

void web_put_json_text(WebBytes *b, const char *text) {
    web_put_json(b, (wattle_string){text, strlen(text)});
}
