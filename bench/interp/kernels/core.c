/* What small processors are measured by, in one program: a list that is searched, turned round and
   sorted by two orders, matrices of 16-bit numbers, a state machine over text, and a checksum of 16
   bits that all results go through. */
#define KERNEL_NAME "core"
#ifndef KERNEL_N
#define KERNEL_N 600
#endif
#include "../kernel.h"

typedef int16_t i16;

static u16 checksum(u16 sum, u32 value, int bits) {
    for (int i = 0; i < bits; i++) {
        u16 carry = (sum ^ value) & 1;
        sum >>= 1;
        value >>= 1;
        if (carry)
            sum ^= 0xA001;
    }
    return sum;
}

/* ---- the state machine: numbers between commas ---- */

enum Scan { SCAN_start, SCAN_sign, SCAN_int, SCAN_float, SCAN_exp, SCAN_sci, SCAN_bad, SCAN_count };
enum { TEXT_SIZE = 1000 };
static u8 text[TEXT_SIZE + 1];

static void write_text(u32 seed) {
    static const char *const words[] = {"5012",     "1234",     "-874",     "+122",   "35.54400",
                                        ".1234500", "-110.700", "+0.6",     "5.5e+3", "-.123e-2",
                                        "-87e+8",   "T0.3e-1F", "-T.T++Tq", "1e"};
    u32 at = 0;
    while (at < TEXT_SIZE - 12) {
        const char *word = words[next_random(&seed) % (sizeof words / sizeof *words)];
        while (*word)
            text[at++] = (u8)*word++;
        text[at++] = ',';
    }
    while (at < TEXT_SIZE)
        text[at++] = ',';
    text[at] = 0;
}

static int digit(u8 c) { return c >= '0' && c <= '9'; }

static enum Scan scan(const u8 **from, u32 *steps) {
    const u8 *p = *from;
    enum Scan state = SCAN_start;
    for (; *p && state != SCAN_bad; p++) {
        u8 c = *p;
        if (c == ',') {
            p++;
            break;
        }
        switch (state) {
        case SCAN_start:
            state = digit(c)               ? SCAN_int
                    : c == '+' || c == '-' ? SCAN_sign
                    : c == '.'             ? SCAN_float
                                           : SCAN_bad;
            break;
        case SCAN_sign:
            state = digit(c) ? SCAN_int : c == '.' ? SCAN_float : SCAN_bad;
            break;
        case SCAN_int:
            state = c == '.' ? SCAN_float : c == 'e' ? SCAN_exp : digit(c) ? SCAN_int : SCAN_bad;
            break;
        case SCAN_float:
            state = c == 'e' ? SCAN_exp : digit(c) ? SCAN_float : SCAN_bad;
            break;
        case SCAN_exp:
            state = c == '+' || c == '-' || digit(c) ? SCAN_sci : SCAN_bad;
            break;
        case SCAN_sci:
            state = digit(c) ? SCAN_sci : SCAN_bad;
            break;
        case SCAN_bad:
        case SCAN_count:
            break;
        }
        steps[state]++;
    }
    *from = p;
    return state;
}

static u16 run_scan(u16 sum, u32 stride) {
    u32 finals[SCAN_count] = {0}, steps[SCAN_count] = {0};
    for (int pass = 0; pass < 2; pass++) {
        for (const u8 *p = text; *p;)
            finals[scan(&p, steps)]++;
        for (u32 i = 0; i < TEXT_SIZE; i += stride) /* the second time undoes it */
            if (text[i] != ',' && (text[i] ^ 1) != ',')
                text[i] ^= 1;
    }
    for (int i = 0; i < SCAN_count; i++)
        sum = checksum(checksum(sum, finals[i], 16), steps[i], 16);
    return sum;
}

/* ---- matrices ---- */

enum { SIDE = 14 };
static i16 left[SIDE][SIDE], right[SIDE][SIDE];
static int32_t product[SIDE][SIDE];

static u16 sum_up(u16 sum, int32_t clip) {
    int32_t total = 0, before = 0;
    i16 result = 0;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t now = product[i][j];
            total += now;
            if (total > clip) {
                result += 10;
                total = 0;
            } else {
                result += now > before;
            }
            before = now;
        }
    return checksum(sum, (u16)result, 16);
}

static u16 run_matrices(u16 sum, i16 seed) {
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            left[i][j] += seed;
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            product[i][j] = left[i][j] * seed;
    sum = sum_up(sum, 2000);
    for (int i = 0; i < SIDE; i++) {
        product[0][i] = 0;
        for (int j = 0; j < SIDE; j++)
            product[0][i] += left[i][j] * right[0][j];
    }
    sum = sum_up(sum, 2000);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t dot = 0;
            for (int k = 0; k < SIDE; k++)
                dot += left[i][k] * right[k][j];
            product[i][j] = dot;
        }
    sum = sum_up(sum, 2000);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            int32_t bits = 0;
            for (int k = 0; k < SIDE; k++) {
                int32_t x = left[i][k] * right[k][j];
                bits += ((x >> 2) & 15) * ((x >> 5) & 127);
            }
            product[i][j] = bits;
        }
    sum = sum_up(sum, 2000);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            left[i][j] -= seed;
    return sum;
}

/* ---- the list ---- */

enum { ITEMS = 60 };
struct Data {
    i16 value, index;
};
struct Item {
    struct Item *next;
    struct Data *data;
};
static struct Data datas[ITEMS];
static struct Item items[ITEMS];

typedef int Order(const struct Data *a, const struct Data *b);
static int by_index(const struct Data *a, const struct Data *b) { return a->index - b->index; }

/* The expensive order: the work hidden in a value, done once and kept. */
static int weight(struct Data *d) {
    if (!(d->value & 0x80)) {
        int kind = d->value & 7, strength = d->value >> 3 & 15;
        u16 got = kind == 0   ? run_scan(0, (u32)strength + 7)
                  : kind == 1 ? run_matrices(0, (i16)(strength | 16))
                              : (u16)d->value;
        d->value = (i16)((d->value & 0x7F00) | 0x80 | (got & 0x7F));
    }
    return d->value & 0x7F;
}
static int by_weight(const struct Data *a, const struct Data *b) {
    return weight((struct Data *)a) - weight((struct Data *)b);
}

static struct Item *find(struct Item *list, i16 index, int byte) {
    if (index >= 0) {
        while (list && list->data->index != index)
            list = list->next;
    } else {
        while (list && (list->data->value & 255) != byte)
            list = list->next;
    }
    return list;
}

static struct Item *reverse(struct Item *list) {
    struct Item *done = NULL;
    while (list) {
        struct Item *next = list->next;
        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

__attribute__((noinline)) static struct Item *sort(struct Item *list, Order *order) {
    for (u32 run = 1;; run *= 2) {
        struct Item *p = list, *tail = NULL;
        u32 merges = 0;
        list = NULL;
        while (p) {
            struct Item *q = p;
            u32 left_over = 0, right_over = run;
            merges++;
            for (; left_over < run && q; left_over++)
                q = q->next;
            while (left_over || (right_over && q)) {
                struct Item *take;
                if (left_over && (!right_over || !q || order(p->data, q->data) <= 0)) {
                    take = p;
                    p = p->next;
                    left_over--;
                } else {
                    take = q;
                    q = q->next;
                    right_over--;
                }
                if (tail)
                    tail->next = take;
                else
                    list = take;
                tail = take;
            }
            p = q;
        }
        tail->next = NULL;
        if (merges <= 1)
            return list;
    }
}

static u16 run_list(u16 sum, int round) {
    for (int i = 0; i < ITEMS; i++) {
        datas[i].index = (i16)i;
        datas[i].value = (i16)((i * 37 + round * 11) & 0x7F7F);
        items[i].data = &datas[i];
        items[i].next = i + 1 < ITEMS ? &items[i + 1] : NULL;
    }
    struct Item *list = items;
    u32 found = 0, missed = 0;
    for (int i = 0; i < ITEMS; i++) {
        struct Item *hit = find(list, i & 1 ? (i16)(i * 7 % (ITEMS + 5)) : -1, i * 3);
        list = reverse(list);
        if (!hit) {
            missed++;
            continue;
        }
        found += hit->data->value & 1;
        if (hit->next) { /* what is behind it goes to the front */
            struct Item *moved = hit->next;
            hit->next = moved->next;
            if (moved != list) {
                moved->next = list;
                list = moved;
            }
        }
    }
    sum = checksum(checksum(sum, found, 16), missed, 16);
    list = sort(list, by_weight);
    for (struct Item *p = list; p; p = p->next)
        sum = checksum(sum, (u16)p->data->value, 16);
    list = sort(list, by_index);
    for (struct Item *p = list; p; p = p->next)
        sum = checksum(sum, (u16)p->data->index, 16);
    return sum;
}

u64 kernel(int n) {
    u32 seed = 88172645u;
    u64 sum = 0;
    write_text(seed);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++) {
            left[i][j] = (i16)(next_random(&seed) & 63);
            right[i][j] = (i16)(next_random(&seed) & 63);
        }
    for (int round = 0; round < n; round++)
        sum = mix(sum, run_list((u16)round, round));
    return sum;
}
