/* Time in a function, with source lines; and a trap, whose line is known. */
static volatile unsigned sink;

__attribute__((noinline)) unsigned inner(unsigned n, unsigned d) {
    unsigned h = 1;
    for (unsigned i = 0; i < n; i++)
        h = h * 31 + (h >> 3);
    return h / d; /* line 8 */
}

__attribute__((noinline)) void outer(unsigned n) {
    for (unsigned i = 0; i < 100; i++)
        sink += inner(n + i, 1);
}

__attribute__((export_name("_start"))) void start(void) { outer(1000000); }
__attribute__((export_name("trap"))) void trap(void) { sink = inner(1, sink); }
