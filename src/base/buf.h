/* A byte buffer that either grows in memory or, with a write function, passes its bytes on when it
   is full. Everything that the library writes goes through one. Failure (out of memory, a refused
   write) is sticky: later pushes do nothing, and the owner looks at `failed` once. */
#ifndef WATTLE_BASE_BUF_H
#define WATTLE_BASE_BUF_H

#include "base/arena.h"

#include <stdarg.h>

/* Takes len bytes; false ends the job (wattle_status WATTLE_IO). */
typedef bool (*WriteFn)(void *user, const uint8_t *data, size_t len);

typedef struct Buf {
    uint8_t *data;
    size_t len, cap;
    const Allocator *allocator;
    WriteFn write; /* NULL: the buffer grows */
    void *user;
    uint64_t flushed; /* bytes passed on already */
    bool failed;
    bool write_failed; /* failed, and because write said so */
} Buf;

void wt_buf_init(Buf *b, const Allocator *allocator);
/* A buffer of `cap` bytes (64 KiB when 0) in front of a write function. */
void wt_buf_init_write(Buf *b, const Allocator *allocator, size_t cap, WriteFn write, void *user);
void wt_buf_free(Buf *b);
/* Passes on what is held (nothing to do for a growing buffer). Returns !failed. */
bool wt_buf_flush(Buf *b);

/* Room for n more bytes at b->data + b->len, by growing or by passing on. n must be < 4096 for a
 * writing buffer. */
bool wt_buf_room_slow(Buf *b, size_t n);
WT_INLINE bool buf_room(Buf *b, size_t n) {
    return WT_LIKELY(b->cap - b->len >= n) || wt_buf_room_slow(b, n);
}

void wt_buf_bytes_slow(Buf *b, const void *data, size_t n);
WT_INLINE void buf_bytes(Buf *b, const void *data, size_t n) {
    if (WT_LIKELY(b->cap - b->len >= n)) {
        if (n)
            memcpy(b->data + b->len, data, n);
        b->len += n;
    } else {
        wt_buf_bytes_slow(b, data, n);
    }
}
WT_INLINE void buf_slice(Buf *b, Slice s) { buf_bytes(b, s.data, s.len); }
WT_INLINE void buf_u8(Buf *b, uint8_t byte) {
    if (buf_room(b, 1))
        b->data[b->len++] = byte;
}
/* A C string (literals: the length folds). */
WT_INLINE void buf_str(Buf *b, const char *text) { buf_bytes(b, text, strlen(text)); }

/* LEB128, shortest form; _pad writes exactly `width` bytes (1..10, enough for the value). */
WT_INLINE void buf_u64leb(Buf *b, uint64_t v) {
    if (!buf_room(b, 10))
        return;
    while (v >= 0x80) {
        b->data[b->len++] = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    b->data[b->len++] = (uint8_t)v;
}
WT_INLINE void buf_u32leb(Buf *b, uint32_t v) { buf_u64leb(b, v); }
WT_INLINE void buf_s64leb(Buf *b, int64_t v) {
    if (!buf_room(b, 10))
        return;
    for (;;) {
        uint8_t byte = (uint8_t)(v & 0x7F);
        v >>= 7;
        if ((v == 0 && !(byte & 0x40)) || (v == -1 && (byte & 0x40))) {
            b->data[b->len++] = byte;
            return;
        }
        b->data[b->len++] = byte | 0x80;
    }
}
void wt_buf_u64leb_pad(Buf *b, uint64_t v, unsigned width);

void wt_buf_dec(Buf *b, uint64_t v);
void wt_buf_sdec(Buf *b, int64_t v);
/* Lower-case hex, at least `digits` of them, no prefix. */
void wt_buf_hex(Buf *b, uint64_t v, unsigned digits);

/* printf into the buffer: for messages, never on a hot path. %s %d %u %zu %llu ... as in C. */
void wt_buf_printf(Buf *b, const char *fmt, ...) WT_PRINTF(2, 3);
void wt_buf_vprintf(Buf *b, const char *fmt, va_list args) WT_PRINTF(2, 0);

#endif
