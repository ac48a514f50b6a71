/* A cursor over bytes with LEB128 readers. Errors are sticky: after the first one every read gives
   0, and `at` stands at `end`, so that loops end by themselves. The spec: binary format,
   "Integers". */
#ifndef WATTLE_BASE_LEB128_H
#define WATTLE_BASE_LEB128_H

#include "base/compiler.h"

typedef enum ReadError {
    READ_ok,
    READ_end,       /* the bytes end inside the value */
    READ_too_long,  /* more bytes than the type may have */
    READ_too_large, /* unused bits of the last byte are set (or differ from the sign) */
} ReadError;

typedef struct Reader {
    const uint8_t *at, *end;
    const uint8_t *start;
    const uint8_t *error_at; /* the first byte of the value that could not be read */
    uint16_t error;          /* ReadError, or from 16 on a code of the room above */
    uint8_t marks; /* READ_padded, and bits of the rooms above; set, never cleared, by reading */
} Reader;

/* A mark: some LEB128 was longer than it had to be. */
enum { READ_padded = 1 };

WT_INLINE Reader reader_of(const uint8_t *data, size_t len) {
    /* A NULL with length 0 is no array, and nothing may be added to it. */
    return (Reader){.at = data, .end = len ? data + len : data, .start = data};
}
WT_INLINE size_t reader_left(const Reader *r) { return (size_t)(r->end - r->at); }
WT_INLINE size_t reader_offset(const Reader *r) { return (size_t)(r->at - r->start); }

uint64_t wt_reader_fail(Reader *r, unsigned error, const uint8_t *at);
uint64_t wt_reader_uleb_slow(Reader *r, unsigned bits);
int64_t wt_reader_sleb_slow(Reader *r, unsigned bits);

WT_INLINE uint8_t read_u8(Reader *r) {
    if (WT_UNLIKELY(r->at == r->end))
        return (uint8_t)wt_reader_fail(r, READ_end, r->at);
    return *r->at++;
}
WT_INLINE uint32_t read_u32(Reader *r) {
    if (WT_LIKELY(r->at != r->end && *r->at < 0x80))
        return *r->at++;
    if (WT_LIKELY(r->end - r->at >= 2 && r->at[1] < 0x80 && r->at[1] > 0)) {
        uint32_t v = (uint32_t)(r->at[0] & 0x7F) | (uint32_t)r->at[1] << 7;
        r->at += 2;
        return v;
    }
    return (uint32_t)wt_reader_uleb_slow(r, 32);
}
WT_INLINE uint64_t read_u64(Reader *r) {
    if (WT_LIKELY(r->at != r->end && *r->at < 0x80))
        return *r->at++;
    if (WT_LIKELY(r->end - r->at >= 2 && r->at[1] < 0x80 && r->at[1] > 0)) {
        uint64_t v = (uint64_t)(r->at[0] & 0x7F) | (uint64_t)r->at[1] << 7;
        r->at += 2;
        return v;
    }
    return wt_reader_uleb_slow(r, 64);
}
/* Two bytes that are no shorter number; false: something else. */
WT_INLINE bool read_s14(Reader *r, int32_t *v) {
    if (r->end - r->at < 2 || r->at[1] >= 0x80)
        return false;
    *v = (int32_t)(((uint32_t)(r->at[0] & 0x7F) | (uint32_t)r->at[1] << 7) << 18) >> 18;
    if (*v >= -64 && *v < 64)
        return false;
    r->at += 2;
    return true;
}
WT_INLINE int32_t read_s32(Reader *r) {
    int32_t v;
    if (WT_LIKELY(r->at != r->end && *r->at < 0x80))
        return (int32_t)((uint32_t)*r->at++ << 25) >> 25;
    if (WT_LIKELY(read_s14(r, &v)))
        return v;
    return (int32_t)wt_reader_sleb_slow(r, 32);
}
WT_INLINE int64_t read_s64(Reader *r) {
    if (WT_LIKELY(r->at != r->end && *r->at < 0x80))
        return (int64_t)((uint64_t)*r->at++ << 57) >> 57;
    return wt_reader_sleb_slow(r, 64);
}
/* Block types and heap types: a 33-bit signed number. */
WT_INLINE int64_t read_s33(Reader *r) {
    if (WT_LIKELY(r->at != r->end && *r->at < 0x80))
        return (int64_t)((uint64_t)*r->at++ << 57) >> 57;
    return wt_reader_sleb_slow(r, 33);
}
/* n bytes in place, or NULL. */
WT_INLINE const uint8_t *read_bytes(Reader *r, size_t n) {
    if (WT_UNLIKELY(reader_left(r) < n)) {
        wt_reader_fail(r, READ_end, r->at);
        return NULL;
    }
    const uint8_t *p = r->at;
    r->at += n;
    return p;
}

#endif
