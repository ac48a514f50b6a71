/* The slow halves of buf.h: growing, passing on, numbers. */
#include "base/buf.h"

#include "base/check.h"

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

/* A directive of printf, as far as messages need them: %[+][0][width][.precision][l|ll|z] with d u
   x X c s. Precision is for strings. */
typedef struct Directive {
    bool plus, zero;
    unsigned width, longs; /* longs: 0 to 2 times `l`, 3: z */
    size_t precision;
    char what;
} Directive;

static const char *read_directive(const char *p, Directive *d, va_list *args) {
    *d = (Directive){.precision = SIZE_MAX};
    for (; *p == '+'; p++)
        d->plus = true;
    for (; *p == '0'; p++)
        d->zero = true;
    for (; *p >= '0' && *p <= '9'; p++)
        d->width = d->width * 10 + (unsigned)(*p - '0');
    if (*p == '.') {
        d->precision = 0;
        if (*++p == '*') {
            int n = va_arg(*args, int);
            d->precision = n < 0 ? SIZE_MAX : (size_t)n;
            p++;
        }
        for (; *p >= '0' && *p <= '9'; p++)
            d->precision = d->precision * 10 + (size_t)(*p - '0');
    }
    for (; *p == 'l' || *p == 'z'; p++)
        d->longs += *p == 'l' ? 1 : 3;
    d->what = *p;
    return *p ? p + 1 : p;
}

static uint64_t directive_number(const Directive *d, va_list *args) {
    bool is_signed = d->what == 'd';
    switch (d->longs) {
    case 0:
        return is_signed ? (uint64_t)va_arg(*args, int) : va_arg(*args, unsigned);
    case 1:
        return is_signed ? (uint64_t)va_arg(*args, long) : va_arg(*args, unsigned long);
    case 2:
        return is_signed ? (uint64_t)va_arg(*args, long long) : va_arg(*args, unsigned long long);
    }
    return va_arg(*args, size_t);
}

static void put_padding(Buf *b, const Directive *d, size_t len) {
    for (; len < d->width; len++)
        buf_u8(b, d->zero ? '0' : ' ');
}

static void put_formatted(Buf *b, const Directive *d, uint64_t v) {
    static const char digits[2][17] = {"0123456789abcdef", "0123456789ABCDEF"};
    const bool minus = d->what == 'd' && (int64_t)v < 0;
    const uint8_t sign = minus ? '-' : '+';
    const bool has_sign = minus || (d->plus && d->what == 'd');
    unsigned base = d->what == 'x' || d->what == 'X' ? 16 : 10;
    uint8_t out[20];
    size_t n = sizeof out;
    if (minus)
        v = 0 - v;
    do {
        out[--n] = (uint8_t)digits[d->what == 'X'][v % base];
        v /= base;
    } while (v);
    if (has_sign && d->zero)
        buf_u8(b, sign);
    put_padding(b, d, sizeof out - n + has_sign);
    if (has_sign && !d->zero)
        buf_u8(b, sign);
    buf_bytes(b, out + n, sizeof out - n);
}

static void put_directive(Buf *b, const Directive *d, va_list *args) {
    switch (d->what) {
    case 's': {
        const char *text = va_arg(*args, const char *);
        size_t len = 0;
        while (len < d->precision && text[len])
            len++;
        put_padding(b, d, len);
        buf_bytes(b, text, len);
        return;
    }
    case 'c':
        buf_u8(b, (uint8_t)va_arg(*args, int));
        return;
    case 'd':
    case 'u':
    case 'x':
    case 'X':
        put_formatted(b, d, directive_number(d, args));
        return;
    }
    assert(d->what == '%');
    buf_u8(b, '%');
}

void wt_buf_vprintf(Buf *b, const char *fmt, va_list args) {
    va_list at; /* an array here may be a pointer as an argument */
    va_copy(at, args);
    while (*fmt) {
        const char *from = fmt;
        while (*fmt && *fmt != '%')
            fmt++;
        buf_bytes(b, from, (size_t)(fmt - from));
        if (!*fmt)
            break;
        Directive d;
        fmt = read_directive(fmt + 1, &d, &at);
        put_directive(b, &d, &at);
    }
    va_end(at);
}

void wt_buf_printf(Buf *b, const char *fmt, ...) {
    va_list args;
    va_start(args, fmt);
    wt_buf_vprintf(b, fmt, args);
    va_end(args);
}
