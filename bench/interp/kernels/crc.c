/* CRC-32 by table, CRC-16 bit by bit: shifts, masks, byte loads. */
#define KERNEL_NAME "crc"
#define KERNEL_N 40
#include "../kernel.h"

enum { CRC_BYTES = 200000 };
static u8 bytes[CRC_BYTES];
static u32 table[256];

static u32 crc_by_table(u32 crc) {
    for (u32 i = 0; i < CRC_BYTES; i++)
        crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
    return crc;
}

static u32 crc_by_bit(u32 crc) {
    for (u32 i = 0; i < CRC_BYTES; i++) {
        u8 byte = bytes[i];
        for (int bit = 0; bit < 8; bit++, byte >>= 1)
            crc = (crc ^ byte) & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    }
    return crc;
}

u64 kernel(int n) {
    u32 seed = 362436069u;
    u64 sum = 0;
    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
        table[i] = c;
    }
    for (u32 i = 0; i < CRC_BYTES; i++)
        bytes[i] = (u8)next_random(&seed);
    for (int round = 0; round < n; round++) {
        sum = mix(sum, crc_by_table((u32)round));
        sum = mix(sum, crc_by_bit((u32)sum & 0xffff));
    }
    return sum;
}
