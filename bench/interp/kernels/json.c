/* JSON: writes a nested document, then parses it by recursive descent into counts and sums. */
#define KERNEL_NAME "json"
#ifndef KERNEL_N
#define KERNEL_N 120
#endif
#include "../kernel.h"

enum { JSON_SIZE = 400000 };
static char document[JSON_SIZE + 64];
static u32 length;

static void put(char c) {
    if (length < JSON_SIZE)
        document[length++] = c;
}

static void put_text(const char *s) {
    while (*s)
        put(*s++);
}

static void put_number(u32 v) {
    if (v >= 10)
        put_number(v / 10);
    put((char)('0' + v % 10));
}

static void write_value(u32 *seed, int depth) {
    u32 kind = depth > 5 ? next_random(seed) % 4 : next_random(seed) % 6 + (depth < 2) * 4;
    if (kind < 2) {
        put_number(next_random(seed) >> (next_random(seed) & 31));
    } else if (kind == 2) {
        put_text("\"quill \\\"and\\\" key \\u0041\"");
    } else if (kind == 3) {
        put_text(next_random(seed) & 1 ? "true" : "null");
    } else {
        int object = kind & 1;
        u32 count = 3 + next_random(seed) % 6;
        put(object ? '{' : '[');
        for (u32 i = 0; i < count; i++) {
            if (i)
                put_text(", ");
            if (object) {
                put_text("\"name");
                put_number(i);
                put_text("\": ");
            }
            write_value(seed, depth + 1);
        }
        put(object ? '}' : ']');
    }
}

struct Parser {
    const char *at, *end;
    u64 sum;
    int failed;
};

static void skip_space(struct Parser *p) {
    while (*p->at == ' ' || *p->at == '\n')
        p->at++;
}

static void parse_string(struct Parser *p) {
    u32 hash = 0;
    for (p->at++; *p->at != '"' && p->at < p->end; p->at++) {
        if (*p->at == '\\')
            p->at++;
        hash = hash * 31 + (u8)*p->at;
    }
    p->at++;
    p->sum = mix(p->sum, hash);
}

static void parse_value(struct Parser *p);

static void parse_list(struct Parser *p, char close) {
    p->at++;
    skip_space(p);
    while (*p->at != close && !p->failed && p->at < p->end) {
        if (close == '}') {
            parse_string(p);
            skip_space(p);
            p->failed |= *p->at++ != ':';
        }
        parse_value(p);
        skip_space(p);
        if (*p->at == ',')
            p->at++;
        skip_space(p);
    }
    p->failed |= *p->at++ != close;
}

static void parse_value(struct Parser *p) {
    skip_space(p);
    char c = *p->at;
    if (c == '{' || c == '[') {
        parse_list(p, c == '{' ? '}' : ']');
    } else if (c == '"') {
        parse_string(p);
    } else if (c >= '0' && c <= '9') {
        u32 v = 0;
        for (; *p->at >= '0' && *p->at <= '9'; p->at++)
            v = v * 10 + (u32)(*p->at - '0');
        p->sum += v;
    } else if (c == 't' || c == 'n') {
        p->at += 4;
        p->sum = mix(p->sum, (u8)c);
    } else {
        p->failed = 1;
    }
}

u64 kernel(int n) {
    u32 seed = 5783321u;
    u64 sum = 0;
    length = 0;
    put('[');
    while (length < JSON_SIZE / 2) {
        if (length > 1)
            put(',');
        write_value(&seed, 0);
    }
    put(']');
    for (int round = 0; round < n; round++) {
        struct Parser p = {document, document + length, (u64)round, 0};
        parse_value(&p);
        sum = mix(sum, p.failed ? 1 : p.sum);
    }
    return mix(sum, length);
}
