/* UTF-8: strict (no overlong forms, no surrogates, at most U+10FFFF). */
#ifndef WATTLE_BASE_UTF8_H
#define WATTLE_BASE_UTF8_H

#include "base/buf.h"

/* The number of leading bytes that are well-formed: s.len when all of them are. */
size_t wt_utf8_valid_prefix(Slice s);
WT_INLINE bool utf8_valid(Slice s) { return wt_utf8_valid_prefix(s) == s.len; }
/* Decodes the character at s (len > 0); writes its length to *used (1 for a bad byte, and returns
 * 0xFFFD). */
uint32_t wt_utf8_decode(const uint8_t *s, size_t len, size_t *used);
/* Writes 1..4 bytes for a scalar value. */
size_t wt_utf8_encode(uint32_t c, uint8_t out[4]);

#endif
