/* Numbers of the text format: exact conversion between text and bits, without locale, without float
   arithmetic.

   Floats are bit patterns in integers everywhere, so a NaN keeps its payload and the caller's
   rounding mode does not matter. Nothing here allocates; time is linear in the length of the text
   and the stack use is fixed. */
#ifndef WATTLE_BASE_FLOAT_H
#define WATTLE_BASE_FLOAT_H

#include "base/compiler.h"

typedef enum FloatStatus {
    FLOAT_OK,
    FLOAT_MALFORMED, /* not a number of the grammar */
    FLOAT_RANGE, /* a number, but it rounds to infinity, has no such payload, or does not fit the
                    integer */
} FloatStatus;

/* A whole literal: [+-] then a decimal or 0x number with optional fraction and exponent, inf, nan
   or nan:0xPAYLOAD; single underscores between digits. One rounding, to nearest and ties to even,
   straight to the type. *bits is zero unless the answer is FLOAT_OK. */
FloatStatus wt_base_f64_from_text(const char *s, size_t n, uint64_t *bits);
FloatStatus wt_base_f32_from_text(const char *s, size_t n, uint32_t *bits);

/* A whole unsigned integer without a sign: decimal or 0x, single underscores between digits. */
FloatStatus wt_base_u64_from_text(const char *s, size_t n, uint64_t *value);

/* The longest output is 27 characters; the answer is the length, and no NUL is written. */
#define FLOAT_TEXT_MAX 40

/* The shortest decimal that reads back to the same bits (the closest one if there are several):
   plain digits for decimal exponents -6 .. 20, otherwise 1.5e21 and 1e-7. NaNs are nan, or
   nan:0x... if not canonical. */
size_t wt_base_f64_to_text(uint64_t bits, char out[FLOAT_TEXT_MAX]);
size_t wt_base_f32_to_text(uint32_t bits, char out[FLOAT_TEXT_MAX]);

/* 0x1.8p+3, always with a leading 1 (subnormals too) unless the value is zero. */
size_t wt_base_f64_to_hexfloat(uint64_t bits, char out[FLOAT_TEXT_MAX]);
size_t wt_base_f32_to_hexfloat(uint32_t bits, char out[FLOAT_TEXT_MAX]);

#endif
