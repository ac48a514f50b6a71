/* Clocks that do not exist, times at the ends of 64 bits, and more subscriptions than anybody
   needs. With the argument 1: waits for ever. */
#include "guest.h"

typedef struct Subscription {
    u64 userdata;
    u8 tag;
    u8 pad[7];
    u32 id; /* of the clock, or the descriptor */
    u32 pad2;
    u64 timeout, precision;
    u16 flags;
    u8 pad3[6];
} Subscription;
typedef struct Event {
    u64 userdata;
    u16 error;
    u8 type;
    u8 pad[5];
    u64 bytes;
    u16 flags;
    u8 pad2[6];
} Event;

enum { CLOCK, READ, WRITE, MS = 1000000 };

static Subscription subs[8];
static Event events[8];

static Subscription clock(u32 id, u64 timeout, u16 flags) {
    return (Subscription){.tag = CLOCK, .id = id, .timeout = timeout, .flags = flags};
}
static Subscription descriptor(u8 tag, u32 fd) { return (Subscription){.tag = tag, .id = fd}; }

static void clocks(void) {
    static const u32 ids[] = {4, 5, 255, 256, 0x7fffffff, 0x80000000, 0xffffffff};
    u64 ns = 0, before = 0;
    for (u32 i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        put("clock ");
        put_number(ids[i]);
        check(" has no time", clock_time_get(ids[i], 0, &ns), INVAL);
        put("clock ");
        put_number(ids[i]);
        check(" has no resolution", clock_res_get(ids[i], &ns), INVAL);
    }
    for (u32 i = 0; i < 4; i++) {
        put("resolution of ");
        put_number(i);
        check2(" ", clock_res_get(i, &ns), SUCCESS, i < 2 ? NONE : INVAL);
        holds("is not 0", ns != 0);
    }
    check("the coarsest precision", clock_time_get(1, ~0ull, &ns), SUCCESS);
    u32 backwards = 0;
    for (u32 i = 0; i < 1000; i++) {
        clock_time_get(1, 0, &ns);
        backwards += ns < before;
        before = ns;
    }
    check("a clock that goes back", backwards, 0);
}

static u32 poll(u32 count, u32 *got) {
    *got = 0;
    for (u32 i = 0; i < 8; i++)
        events[i] = (Event){.error = 999};
    return poll_oneoff(subs, events, count, got);
}

/* One subscription: the event it gives, at once. */
static void one(const char *what, Subscription s, u32 want, u32 or) {
    u32 got;
    u64 start = now();
    subs[0] = s;
    u32 e = poll(1, &got);
    check_of(what, "as an event", e == SUCCESS && got == 1 ? events[0].error : e, want, or, NONE);
    holds("at once", now() - start < 500 * MS);
}

static void polls(void) {
    u32 got, fd;
    check("no subscription", poll(0, &got), INVAL);
    one("clock of a processor", clock(2, MS, 0), NOTSUP, INVAL);
    one("clock of a thread", clock(3, MS, 0), NOTSUP, INVAL);
    one("clock 4", clock(4, MS, 0), INVAL, NONE);
    one("clock 2^32 - 1", clock(0xffffffff, MS, 0), INVAL, NONE);
    one("flags from nowhere", clock(1, MS, 0xfffe), INVAL, SUCCESS);
    one("tag 3", (Subscription){.tag = 3}, INVAL, NONE);
    one("tag 255", (Subscription){.tag = 255}, INVAL, NONE);
    one("no such descriptor", descriptor(READ, 77), BADF, NONE);
    one("descriptor 2^32 - 1", descriptor(WRITE, 0xffffffff), BADF, NONE);
    one("no time", clock(1, 0, 0), SUCCESS, NONE);
    one("a time long past", clock(1, 1, 1), SUCCESS, NONE);
    one("1970", clock(0, 0, 1), SUCCESS, NONE);
    check("open", open_at(ROOT, "file", 1, 0, EVERY_RIGHT, &fd), SUCCESS);
    one("a file", descriptor(READ, fd), SUCCESS, NONE);
    one("a file to write", descriptor(WRITE, fd), SUCCESS, NONE);
    one("a directory", descriptor(READ, ROOT), SUCCESS, BADF);

    /* For ever and a millisecond. */
    static const u64 evers[] = {~0ull, ~0ull - 1, 1ull << 63, (1ull << 63) - 1, 1ull << 62};
    for (u32 i = 0; i < 5; i++) {
        for (u16 flags = 0; flags < 2; flags++) {
            subs[0] = clock(1, evers[i], flags);
            subs[1] = clock(0, MS, 0);
            subs[0].userdata = 1;
            subs[1].userdata = 2;
            u64 start = now();
            check("a long time and a short one", poll(2, &got), SUCCESS);
            holds("the short one", got == 1 && events[0].userdata == 2);
            holds("is over soon", now() - start < 1000 * MS);
        }
    }
    subs[0] = clock(0, ~0ull, 1);
    subs[1] = descriptor(READ, fd);
    check("for ever, or a file", poll(2, &got), SUCCESS);
    holds("is the file", got == 1 && events[0].type == READ);
    subs[0] = clock(1, 1000ull * MS * 3600, 0);
    subs[1] = descriptor(READ, 77);
    check("an hour, or an error", poll(2, &got), SUCCESS);
    holds("is the error", got == 1 && events[0].error == BADF);
    subs[0] = clock(1, MS, 0);
    check("events over subscriptions", poll_oneoff(subs, subs, 1, &got), SUCCESS);
    subs[0] = clock(1, MS, 0);
    check("the count over the events", poll_oneoff(subs, events, 1, events), SUCCESS);
    subs[0] = clock(1, MS, 0);
    check("the count over the subscription", poll_oneoff(subs, events, 1, subs), SUCCESS);
    fd_close(fd);
}

static void by_the_million(void) {
    u32 got = 0;
    const u32 million = 1000000;
    u32 at = (u32)__builtin_wasm_memory_grow(0, 1300) * 65536;
    Subscription *in = (Subscription *)(uintptr_t)at;
    Event *out = (Event *)(uintptr_t)(at + million * sizeof *in);
    for (u32 i = 0; i < million; i++)
        in[i] = i % 2 ? descriptor(READ, i) : clock(1, MS, 0);
    u64 start = now();
    u32 e = poll_oneoff(in, out, million, &got);
    check3("a million subscriptions", e, SUCCESS, NOMEM, INVAL);
    holds("bounded time", now() - start < 20000ull * MS);
    check3("4096 of them", poll_oneoff(in, out, 4096, &got), SUCCESS, NONE, NONE);
    static const u32 counts[] = {1u << 28,   (1u << 28) + 1, 89478486 /* 2^32 / 48, up */,
                                 1u << 27,   1u << 31,       0xffffffff,
                                 0x0fffffff, 2000000};
    for (u32 i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        put_number(counts[i]);
        check(" subscriptions", poll_oneoff(in, out, counts[i], &got), FAULT);
    }
}

/* Those that do not end the program; run.py has the others. */
static void signals(void) {
    static const u32 ignored[] = {0, 16, 17, 22, 27}, stopping[] = {18, 19, 20, 21},
                     unknown[] = {31, 32, 64, 255, 256, 0x80000000, 0xffffffff};
    for (u32 i = 0; i < 5; i++)
        check("an ignored signal", proc_raise(ignored[i]), SUCCESS);
    for (u32 i = 0; i < 4; i++)
        check("a stopping signal", proc_raise(stopping[i]), NOTSUP);
    for (u32 i = 0; i < 7; i++)
        check("no signal", proc_raise(unknown[i]), INVAL);
}

void _start(void) {
    if (number_argument(0) == 1) {
        u32 got;
        subs[0] = clock(1, ~0ull, 0);
        for (;;)
            poll(1, &got);
    }
    clocks();
    polls();
    by_the_million();
    signals();
    check("yield", sched_yield(), SUCCESS);
    end();
}
