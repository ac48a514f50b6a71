/* The slow halves of buf.h: growing, passing on, numbers. */
#include "base/buf.h"

#include "base/check.h"

#include <stdio.h>

enum { WRITE_CAP = 64 * 1024 };

void wt_buf_init(Buf *b, const Allocator *allocator) { *b = (Buf){.allocator = allocator}; }

void wt_buf_init_write(Buf *b, const Allocator *allocator, size_t cap, WriteFn write, void *user) {
    *b = (Buf){.allocator = allocator, .write = write, .user = user};
    size_t want = cap < 4096 ? WRITE_CAP : cap;
    b->data = allocator_get(allocator, want);
    if (b->data)
        b->cap = want;
    else
        b->failed = true;
}

void wt_buf_free(Buf *b) {
    allocator_free(b->allocator, b->data, b->cap);
    wt_buf_init(b, b->allocator);
}

bool wt_buf_flush(Buf *b) {
    if (b->write && !b->failed && b->len) {
        if (!b->write(b->user, b->data, b->len))
            b->failed = b->write_failed = true;
        b->flushed += b->len;
    }
    if (b->write)
        b->len = 0;
    return !b->failed;
}

bool wt_buf_room_slow(Buf *b, size_t n) {
    if (b->failed)
        return false;
    if (b->write)
        return wt_buf_flush(b) && n <= b->cap;
    size_t need, grown;
    void *p = NULL;
    if (check_add_size(b->len, n, &need)) {
        grown = b->cap + b->cap / 2 + 64;
        if (grown < need)
            grown = need;
        p = b->allocator->alloc(b->allocator->user, b->data, b->cap, grown);
        if (p) {
            b->data = p;
            b->cap = grown;
        }
    }
    if (!p)
        b->failed = true;
    return p != NULL;
}

/* Large pieces go straight to the write function. */
void wt_buf_bytes_slow(Buf *b, const void *data, size_t n) {
    if (b->write && n >= b->cap) {
        if (!wt_buf_flush(b))
            return;
        b->flushed += n;
        if (!b->write(b->user, data, n))
            b->failed = b->write_failed = true;
        return;
    }
    if (!wt_buf_room_slow(b, n))
        return;
    memcpy(b->data + b->len, data, n);
    b->len += n;
}

void wt_buf_u64leb_pad(Buf *b, uint64_t v, unsigned width) {
    if (!buf_room(b, width))
        return;
    for (unsigned i = 0; i < width; i++) {
        b->data[b->len++] = (uint8_t)((v & 0x7F) | (i + 1 < width ? 0x80 : 0));
        v >>= 7;
    }
}

void wt_buf_dec(Buf *b, uint64_t v) {
    uint8_t digits[20];
    size_t n = sizeof digits;
    do {
        digits[--n] = (uint8_t)('0' + v % 10);
        v /= 10;
    } while (v);
    buf_bytes(b, digits + n, sizeof digits - n);
}

void wt_buf_sdec(Buf *b, int64_t v) {
    if (v < 0)
        buf_u8(b, '-');
    wt_buf_dec(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void wt_buf_hex(Buf *b, uint64_t v, unsigned digits) {
    uint8_t out[16];
    size_t n = sizeof out;
    while (n > 0 && (v || sizeof out - n < digits)) {
        out[--n] = (uint8_t)"0123456789abcdef"[v & 15];
        v >>= 4;
    }
    buf_bytes(b, out + n, sizeof out - n);
}

void wt_buf_vprintf(Buf *b, const char *fmt, va_list args) {
    char small[512];
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(small, sizeof small, fmt, args);
    if (n >= 0 && (size_t)n < sizeof small) {
        buf_bytes(b, small, (size_t)n);
    } else if (n >= 0) {
        char *big = allocator_get(b->allocator, (size_t)n + 1);
        if (big) {
            vsnprintf(big, (size_t)n + 1, fmt, again);
            buf_bytes(b, big, (size_t)n);
            allocator_free(b->allocator, big, (size_t)n + 1);
        } else {
            b->failed = true;
        }
    }
    va_end(again);
}

void wt_buf_printf(Buf *b, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    wt_buf_vprintf(b, fmt, args);
    va_end(args);
}
