/* UTF-8 checks: eight ASCII bytes a step, the rest by the table of well-formed sequences (Unicode
 * 15, table 3-7). */
#include "base/utf8.h"

/* The length of the well-formed character at s, or 0. */
static size_t utf8_char_len(const uint8_t *s, size_t len) {
    uint8_t c = s[0];
    if (c < 0x80)
        return 1;
    if (c < 0xC2 || c > 0xF4)
        return 0;
    if (len < 2 || (s[1] & 0xC0) != 0x80)
        return 0;
    if (c < 0xE0)
        return 2;
    if ((c == 0xE0 && s[1] < 0xA0) || (c == 0xED && s[1] > 0x9F) || (c == 0xF0 && s[1] < 0x90) ||
        (c == 0xF4 && s[1] > 0x8F))
        return 0;
    if (len < 3 || (s[2] & 0xC0) != 0x80)
        return 0;
    if (c < 0xF0)
        return 3;
    return len < 4 || (s[3] & 0xC0) != 0x80 ? 0 : 4;
}

size_t wt_utf8_valid_prefix(Slice s) {
    size_t i = 0;
    while (i < s.len) {
        if (s.len - i >= 8) {
            uint64_t word;
            memcpy(&word, s.data + i, 8);
            if (!(word & 0x8080808080808080u)) {
                i += 8;
                continue;
            }
        }
        size_t n = utf8_char_len(s.data + i, s.len - i);
        if (n == 0)
            return i;
        i += n;
    }
    return i;
}

uint32_t wt_utf8_decode(const uint8_t *s, size_t len, size_t *used) {
    size_t n = utf8_char_len(s, len);
    *used = n ? n : 1;
    if (n == 0)
        return 0xFFFD;
    if (n == 1)
        return s[0];
    uint32_t c = s[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++)
        c = c << 6 | (s[i] & 0x3F);
    return c;
}

size_t wt_utf8_encode(uint32_t c, uint8_t out[4]) {
    if (c < 0x80) {
        out[0] = (uint8_t)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (c & 0x3F));
        c >>= 6;
    }
    out[0] = (uint8_t)((0xF00u >> n) | c);
    return n;
}
