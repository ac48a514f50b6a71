/* A state machine over text (numbers, names, comments): br_table and byte loads. */
#define KERNEL_NAME "state"
#define KERNEL_N 60
#include "../kernel.h"

enum State {
    ST_START,
    ST_SIGN,
    ST_INTEGER,
    ST_POINT,
    ST_FRACTION,
    ST_EXPONENT,
    ST_EXPONENT_SIGN,
    ST_POWER,
    ST_NAME,
    ST_COMMENT,
    ST_INVALID,
    ST_COUNT
};
enum { TEXT_SIZE = 200000 };
static char text[TEXT_SIZE];

static int is_digit(char c) { return c >= '0' && c <= '9'; }
static int is_letter(char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }

__attribute__((noinline)) static enum State step(enum State s, char c) {
    if (c == ' ' && s != ST_COMMENT)
        return ST_START;
    switch (s) {
    case ST_START:
        if (is_digit(c))
            return ST_INTEGER;
        if (c == '+' || c == '-')
            return ST_SIGN;
        if (c == '.')
            return ST_POINT;
        if (c == '#')
            return ST_COMMENT;
        return is_letter(c) ? ST_NAME : ST_INVALID;
    case ST_SIGN:
        return is_digit(c) ? ST_INTEGER : c == '.' ? ST_POINT : ST_INVALID;
    case ST_INTEGER:
        if (c == '.')
            return ST_FRACTION;
        return is_digit(c) ? ST_INTEGER : (c | 32) == 'e' ? ST_EXPONENT : ST_INVALID;
    case ST_POINT:
        return is_digit(c) ? ST_FRACTION : ST_INVALID;
    case ST_FRACTION:
        return is_digit(c) ? ST_FRACTION : (c | 32) == 'e' ? ST_EXPONENT : ST_INVALID;
    case ST_EXPONENT:
        return is_digit(c) ? ST_POWER : c == '+' || c == '-' ? ST_EXPONENT_SIGN : ST_INVALID;
    case ST_EXPONENT_SIGN:
    case ST_POWER:
        return is_digit(c) ? ST_POWER : ST_INVALID;
    case ST_NAME:
        return is_letter(c) || is_digit(c) ? ST_NAME : ST_INVALID;
    case ST_COMMENT:
        return c == '\n' ? ST_START : ST_COMMENT;
    case ST_INVALID:
    case ST_COUNT:
        break;
    }
    return ST_INVALID;
}

u64 kernel(int n) {
    static const char alphabet[64] =
        "0123456789 012345 0123 +-.eE. abcXYZ   #\n 42 7 1.5 2e8 3e-4 .5";
    u32 seed = 521288629u;
    u64 sum = 0;
    for (u32 i = 0; i < TEXT_SIZE; i++)
        text[i] = alphabet[next_random(&seed) >> 26];
    for (int round = 0; round < n; round++) {
        u32 counts[ST_COUNT] = {0};
        enum State s = ST_START;
        for (u32 i = 0; i < TEXT_SIZE; i++) {
            s = step(s, text[i]);
            counts[s]++;
        }
        text[(u32)round * 977 % TEXT_SIZE] ^= 5;
        for (int i = 0; i < ST_COUNT; i++)
            sum = mix(sum, counts[i]);
    }
    return sum;
}
