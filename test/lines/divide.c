/* A division by zero, three calls deep: test/lines/run.py knows these line numbers. */
__attribute__((noinline)) int divide(int a, int b) {
    int c = a + 1;
    return c / b;
}

static __attribute__((noinline)) int outer(int b) {
    int r = divide(7, b);
    return r + 1;
}

int unused(void) { return 4; }

volatile int zero, result;

__attribute__((export_name("_start"))) void start(void) { result = outer(zero); }
