/* An open-addressing hash table of 64-bit keys: insert, look up, delete. */
#define KERNEL_NAME "hash"
#define KERNEL_N 24
#include "../kernel.h"

enum { HASH_SLOTS = 1 << 17, HASH_KEYS = 80000 };
struct Slot {
    u64 key;
    u32 value, used;
};
static struct Slot slots[HASH_SLOTS];

__attribute__((noinline)) static struct Slot *find(u64 key) {
    u32 at = (u32)(mix(1, key) >> 40) & (HASH_SLOTS - 1);
    while (slots[at].used && slots[at].key != key)
        at = (at + 1) & (HASH_SLOTS - 1);
    return &slots[at];
}

u64 kernel(int n) {
    u64 sum = 0;
    for (int round = 0; round < n; round++) {
        u32 seed = 1u + (u32)round;
        for (u32 i = 0; i < HASH_SLOTS; i++)
            slots[i].used = slots[i].value = 0;
        for (u32 i = 0; i < HASH_KEYS; i++) {
            u64 key = (u64)next_random(&seed) << 12 ^ i;
            struct Slot *s = find(key);
            s->key = key;
            s->used = 1;
            s->value += i;
        }
        seed = 1u + (u32)round;
        for (u32 i = 0; i < HASH_KEYS * 2; i++) {
            struct Slot *s = find((u64)next_random(&seed) << 12 ^ i);
            sum = mix(sum, s->used ? s->value : 7);
        }
    }
    return sum;
}
