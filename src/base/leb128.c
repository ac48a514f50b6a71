/* LEB128 of more than one byte, and every way it can be wrong. */
#include "base/leb128.h"

uint64_t wt_reader_fail(Reader *r, unsigned error, const uint8_t *at) {
    if (!r->error) {
        r->error = (uint16_t)error;
        r->error_at = at;
    }
    r->at = r->end;
    return 0;
}

uint64_t wt_reader_uleb_slow(Reader *r, unsigned bits) {
    const uint8_t *start = r->at;
    unsigned max = (bits + 6) / 7;
    uint64_t v = 0;
    for (unsigned i = 0; i < max; i++) {
        if (r->at == r->end)
            return wt_reader_fail(r, READ_end, start);
        uint8_t byte = *r->at++;
        v |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte & 0x80)
            continue;
        unsigned used = bits - 7 * i; /* value bits that this byte may hold */
        if (used < 7 && byte >> used)
            return wt_reader_fail(r, READ_too_large, start);
        if (i > 0 && byte == 0)
            r->marks |= READ_padded;
        return v;
    }
    return wt_reader_fail(r, READ_too_long, start);
}

int64_t wt_reader_sleb_slow(Reader *r, unsigned bits) {
    const uint8_t *start = r->at;
    unsigned max = (bits + 6) / 7;
    uint64_t v = 0;
    for (unsigned i = 0; i < max; i++) {
        if (r->at == r->end)
            return (int64_t)wt_reader_fail(r, READ_end, start);
        uint8_t byte = *r->at++;
        v |= (uint64_t)(byte & 0x7F) << (7 * i);
        if (byte & 0x80)
            continue;
        unsigned used = bits - 7 * i;
        if (used < 7) {
            uint8_t rest = (uint8_t)(byte >> (used - 1)), ones = (uint8_t)(0x7F >> (used - 1));
            if (rest != 0 && rest != ones)
                return (int64_t)wt_reader_fail(r, READ_too_large, start);
        }
        if (i > 0) {
            bool sign_before = r->at[-2] & 0x40;
            if ((byte == 0 && !sign_before) || (byte == 0x7F && sign_before))
                r->marks |= READ_padded;
        }
        unsigned shift = 7 * (i + 1);
        if (shift < 64 && (byte & 0x40))
            v |= ~(uint64_t)0 << shift;
        return (int64_t)v;
    }
    return (int64_t)wt_reader_fail(r, READ_too_long, start);
}
