/* What the memory instructions read and write, in C's types: the lists from which every tier makes
   its own, and where the bytes are. Addresses are 64 bits wide here, the upper half of a 32-bit one
   zero. */
#ifndef WATTLE_RUN_ACCESS_H
#define WATTLE_RUN_ACCESS_H

#include "run/memory.h"

/* The address in a slot. */
WT_INLINE uint64_t access_address(const MemInst *m, Value v) {
    return m->limits.is64 ? v : (uint32_t)v;
}
/* Whether `size` bytes at this address and offset are inside, as far as the store knows. */
WT_INLINE bool access_in(const MemInst *m, uint64_t at, uint64_t offset, uint64_t size) {
    return m->len >= size && offset <= m->len - size && at <= m->len - size - offset;
}

/* Scalars: the type in memory, for loads as a value too, and the letter of sigs.def. */
#define ACCESS_LOADS(X)                                                                            \
    X(i32_load, uint32_t, uint32_t, i)                                                             \
    X(i64_load, uint64_t, uint64_t, l)                                                             \
    X(f32_load, uint32_t, uint32_t, f)                                                             \
    X(f64_load, uint64_t, uint64_t, d)                                                             \
    X(i32_load8_s, int8_t, uint32_t, i)                                                            \
    X(i32_load8_u, uint8_t, uint32_t, i)                                                           \
    X(i32_load16_s, int16_t, uint32_t, i)                                                          \
    X(i32_load16_u, uint16_t, uint32_t, i)                                                         \
    X(i64_load8_s, int8_t, uint64_t, l)                                                            \
    X(i64_load8_u, uint8_t, uint64_t, l)                                                           \
    X(i64_load16_s, int16_t, uint64_t, l)                                                          \
    X(i64_load16_u, uint16_t, uint64_t, l)                                                         \
    X(i64_load32_s, int32_t, uint64_t, l)                                                          \
    X(i64_load32_u, uint32_t, uint64_t, l)
#define ACCESS_STORES(X)                                                                           \
    X(i32_store, uint32_t, i)                                                                      \
    X(i64_store, uint64_t, l)                                                                      \
    X(f32_store, uint32_t, f)                                                                      \
    X(f64_store, uint64_t, d)                                                                      \
    X(i32_store8, uint8_t, i)                                                                      \
    X(i32_store16, uint16_t, i)                                                                    \
    X(i64_store8, uint8_t, l)                                                                      \
    X(i64_store16, uint16_t, l)                                                                    \
    X(i64_store32, uint32_t, l)

/* What simd_IDENT makes a vector of, and the lanes that are read and written alone. */
#define ACCESS_VECTOR_LOADS(X)                                                                     \
    X(v128_load, V128)                                                                             \
    X(v128_load8x8_s, uint64_t)                                                                    \
    X(v128_load8x8_u, uint64_t)                                                                    \
    X(v128_load16x4_s, uint64_t)                                                                   \
    X(v128_load16x4_u, uint64_t)                                                                   \
    X(v128_load32x2_s, uint64_t)                                                                   \
    X(v128_load32x2_u, uint64_t)                                                                   \
    X(v128_load8_splat, uint8_t)                                                                   \
    X(v128_load16_splat, uint16_t)                                                                 \
    X(v128_load32_splat, uint32_t)                                                                 \
    X(v128_load64_splat, uint64_t)                                                                 \
    X(v128_load32_zero, uint32_t)                                                                  \
    X(v128_load64_zero, uint64_t)
#define ACCESS_LANES(X)                                                                            \
    X(8, uint8_t)                                                                                  \
    X(16, uint16_t)                                                                                \
    X(32, uint32_t)                                                                                \
    X(64, uint64_t)

/* ---- atomics ----

   C11's atomics on the bytes of a memory, shared or not, sequentially consistent. They must be
   lock-free: other threads touch the same bytes. Values narrower than their type are wrapped on the
   way in (the expected one of a compare-exchange too) and zero-extended on the way out. */

_Static_assert(ATOMIC_CHAR_LOCK_FREE == 2 && ATOMIC_SHORT_LOCK_FREE == 2 &&
                   ATOMIC_INT_LOCK_FREE == 2 && ATOMIC_LLONG_LOCK_FREE == 2,
               "atomics need no locks");

/* The bytes that an atomic instruction means, looked at for alignment first, then for bounds; NULL:
 *why says why not. */
WT_INLINE void *access_atomic(const MemInst *m, Value address, uint64_t offset, unsigned size,
                              TrapCode *why) {
    uint64_t at = access_address(m, address);
    if (WT_UNLIKELY((at + offset) & (size - 1))) {
        *why = TRAP_unaligned_atomic;
        return NULL;
    }
    if (WT_UNLIKELY(!access_in(m, at, offset, size))) {
        *why = TRAP_out_of_bounds_memory;
        return NULL;
    }
    return m->base + (at + offset);
}

#define ACCESS_ATOMIC_LOADS(X)                                                                     \
    X(i32_atomic_load, uint32_t)                                                                   \
    X(i64_atomic_load, uint64_t)                                                                   \
    X(i32_atomic_load8_u, uint8_t)                                                                 \
    X(i32_atomic_load16_u, uint16_t)                                                               \
    X(i64_atomic_load8_u, uint8_t)                                                                 \
    X(i64_atomic_load16_u, uint16_t)                                                               \
    X(i64_atomic_load32_u, uint32_t)
#define ACCESS_ATOMIC_STORES(X)                                                                    \
    X(i32_atomic_store, uint32_t)                                                                  \
    X(i64_atomic_store, uint64_t)                                                                  \
    X(i32_atomic_store8, uint8_t)                                                                  \
    X(i32_atomic_store16, uint16_t)                                                                \
    X(i64_atomic_store8, uint8_t)                                                                  \
    X(i64_atomic_store16, uint16_t)                                                                \
    X(i64_atomic_store32, uint32_t)

/* The seven widths of an operator. */
#define ACCESS_ATOMIC_WIDTHS(X, op, how)                                                           \
    X(i32_atomic_rmw_##op, uint32_t, how)                                                          \
    X(i64_atomic_rmw_##op, uint64_t, how)                                                          \
    X(i32_atomic_rmw8_##op##_u, uint8_t, how)                                                      \
    X(i32_atomic_rmw16_##op##_u, uint16_t, how)                                                    \
    X(i64_atomic_rmw8_##op##_u, uint8_t, how)                                                      \
    X(i64_atomic_rmw16_##op##_u, uint16_t, how)                                                    \
    X(i64_atomic_rmw32_##op##_u, uint32_t, how)
/* how(place, operand) gives what stood there; a failed exchange leaves it in *expected. */
#define ACCESS_ATOMIC_RMWS(X)                                                                      \
    ACCESS_ATOMIC_WIDTHS(X, add, atomic_fetch_add)                                                 \
    ACCESS_ATOMIC_WIDTHS(X, sub, atomic_fetch_sub)                                                 \
    ACCESS_ATOMIC_WIDTHS(X, and, atomic_fetch_and)                                                 \
    ACCESS_ATOMIC_WIDTHS(X, or, atomic_fetch_or)                                                   \
    ACCESS_ATOMIC_WIDTHS(X, xor, atomic_fetch_xor)                                                 \
    ACCESS_ATOMIC_WIDTHS(X, xchg, atomic_exchange)
#define ACCESS_ATOMIC_CMPXCHGS(X) ACCESS_ATOMIC_WIDTHS(X, cmpxchg, atomic_compare_exchange_strong)

#endif
