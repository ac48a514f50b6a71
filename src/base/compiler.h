/* The GNU extensions the house uses, each behind a name with a plain fallback. */
#ifndef WATTLE_BASE_COMPILER_H
#define WATTLE_BASE_COMPILER_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "wattle needs a little-endian machine: memories and vectors are used as they lie"
#endif

#if defined(__GNUC__) || defined(__clang__)
#define WT_LIKELY(x) __builtin_expect(!!(x), 1)
#define WT_UNLIKELY(x) __builtin_expect(!!(x), 0)
#ifdef __OPTIMIZE_SIZE__ /* the compiler knows better what makes the code small */
#define WT_INLINE static inline __attribute__((unused))
#else
#define WT_INLINE static inline __attribute__((always_inline, unused))
#endif
#define WT_NOINLINE __attribute__((noinline))
#define WT_COLD __attribute__((cold, noinline))
#define WT_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define WT_EXPORT __attribute__((visibility("default")))
#define WT_FALLTHROUGH __attribute__((fallthrough))
#define WT_UNREACHABLE() __builtin_unreachable()
#define WT_UNUSED __attribute__((unused))
#define WT_PREFETCH(p) __builtin_prefetch(p)
/* For functions whose data races are somebody else's: the thread sanitizer does not look at their
   own accesses. */
#define WT_RACES __attribute__((no_sanitize("thread")))
/* Around a function with a thousand places to jump to. Clang's search for variables without a value
   goes over its blocks times its variables, a minute of the processor; gcc warns of the same. */
#if defined(__clang__)
#define WT_HUGE_BEGIN                                                                              \
    _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wuninitialized\"")
#define WT_HUGE_END _Pragma("clang diagnostic pop")
#else
#define WT_HUGE_BEGIN
#define WT_HUGE_END
#endif
#else
#define WT_LIKELY(x) (x)
#define WT_UNLIKELY(x) (x)
#define WT_INLINE static inline
#define WT_NOINLINE
#define WT_COLD
#define WT_PRINTF(fmt, args)
#define WT_EXPORT
#define WT_FALLTHROUGH ((void)0)
#define WT_UNREACHABLE() ((void)0)
#define WT_UNUSED
#define WT_PREFETCH(p) ((void)(p))
#define WT_RACES
#define WT_HUGE_BEGIN
#define WT_HUGE_END
#endif

/* Six whole numbers and two floats in registers, also where the platform's own convention has
   fewer. */
#if defined(_WIN32) && defined(__x86_64__) && defined(__GNUC__)
#define WT_REGISTER_ARGUMENTS __attribute__((sysv_abi))
#else
#define WT_REGISTER_ARGUMENTS
#endif

/* Jumps by a table, each from where it stands: a branch predictor guesses them better than the one
   jump of a switch in a loop. Between _BEGIN and _END stand WT_JUMP_ROW(table, base, 3, L_three);
   numbers without a row go to the label `base`. _END is also the first jump. The numbers must be
   below `count`. Plainly, it is one switch. */
#if !defined(WT_JUMPS_SWITCH) && (!defined(__GNUC__) || defined(__wasm__))
#define WT_JUMPS_SWITCH 1
#endif
#ifndef WT_JUMPS_SWITCH
#define WT_JUMPS_BEGIN(table, count, number) static const int32_t table##_rows[count] = {
#define WT_JUMP_ROW(table, base, n, label) [n] = (int32_t)((char *) && label - (char *) && base),
#define WT_JUMPS_END(table, base, number)                                                          \
    }                                                                                              \
    ;                                                                                              \
    WT_JUMP(table, base, number);
#define WT_JUMP(table, base, number) goto *(void *)((char *) && base + table##_rows[number])
#else
#define WT_JUMPS_BEGIN(table, count, number) table##_switch : switch (number) {
#define WT_JUMP_ROW(table, base, n, label)                                                         \
    case n:                                                                                        \
        goto label;
#define WT_JUMPS_END(table, base, number)                                                          \
    default:                                                                                       \
        goto base;                                                                                 \
        }
#define WT_JUMP(table, base, number) goto table##_switch
#endif

/* Compiled to be small: where code exists twice for speed, once is enough. */
#ifdef __OPTIMIZE_SIZE__
#define WT_SMALL true
#else
#define WT_SMALL false
#endif

/* WATTLE_NO_DEBUGGER: the embedder never asks for one (wattle_debugger_new). */
#ifdef WATTLE_NO_DEBUGGER
#define WT_DEBUGGER false
#else
#define WT_DEBUGGER true
#endif

#define WT_COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define WT_MIN(a, b) ((a) < (b) ? (a) : (b))
#define WT_MAX(a, b) ((a) > (b) ? (a) : (b))

/* Some bytes that somebody else owns. */
typedef struct Slice {
    const uint8_t *data;
    size_t len;
} Slice;

WT_INLINE Slice slice(const void *data, size_t len) { return (Slice){(const uint8_t *)data, len}; }
WT_INLINE Slice slice_str(const char *text) { return (Slice){(const uint8_t *)text, strlen(text)}; }
WT_INLINE bool slice_eq(Slice a, Slice b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}
WT_INLINE bool slice_is(Slice a, const char *text) { return slice_eq(a, slice_str(text)); }

/* Little-endian loads and stores from bytes of any alignment. */
WT_INLINE uint16_t load16le(const uint8_t *p) { return (uint16_t)(p[0] | p[1] << 8); }
WT_INLINE uint32_t load32le(const uint8_t *p) {
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}
WT_INLINE uint64_t load64le(const uint8_t *p) {
    return (uint64_t)load32le(p) | (uint64_t)load32le(p + 4) << 32;
}
WT_INLINE void store16le(uint8_t *p, uint16_t v) {
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}
WT_INLINE void store32le(uint8_t *p, uint32_t v) {
    p[0] = (uint8_t)v; /* no loop: compilers make one store of four such lines */
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)(v >> 16);
    p[3] = (uint8_t)(v >> 24);
}
WT_INLINE void store64le(uint8_t *p, uint64_t v) {
    store32le(p, (uint32_t)v);
    store32le(p + 4, (uint32_t)(v >> 32));
}

#endif
