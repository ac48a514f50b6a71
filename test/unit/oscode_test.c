/* base/oscode.c: code that is written through one mapping and runs at another, faults in it that
   are caught and go on elsewhere, and faults that belong to others. */
#include "base/os.h"
#include "check.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__)
static const uint8_t answer[] = {0xB8, 42, 0, 0, 0, 0xC3}; /* mov eax, 42; ret */
#elif defined(__aarch64__)
static const uint8_t answer[] = {0x40, 5, 0x80, 0x52, 0xC0, 3, 0x5F, 0xD6}; /* mov w0, 42; ret */
#else
static const uint8_t answer[1];
#endif

typedef uint64_t CodeFn(const void *p);

static CodeFn *code_fn(const OsCode *c, size_t at) {
    const uint8_t *p = c->run + at;
    CodeFn *fn;
    memcpy(&fn, &p, sizeof fn);
    return fn;
}

static void put(const OsCode *c, size_t at, const void *bytes, size_t n) {
    memcpy(c->write + at, bytes, n);
    wt_os_code_flush(c->run + at, n);
}

static void code_runs(void) {
    OsCode c;
    if (!CHECK(wt_os_code_new(&c, 1, 0)))
        return;
    size_t page = wt_os_page_size();
    CHECK(c.size == page && !c.data && c.write != c.run);
    put(&c, page - sizeof answer, answer, sizeof answer);
    CHECK_EQ_INT(code_fn(&c, page - sizeof answer)(NULL), 42);
    /* What is there may be replaced. */
    put(&c, 0, answer, sizeof answer);
    CHECK_EQ_INT(code_fn(&c, 0)(NULL), 42);
    CHECK_EQ_BYTES(c.run, sizeof answer, answer, sizeof answer);
    wt_os_code_free(&c);
    CHECK(!c.run && !c.write && c.size == 0);
    wt_os_code_free(&c);
}

static void data_before_code(void) {
    OsCode c;
    size_t page = wt_os_page_size();
    if (!CHECK(wt_os_code_new(&c, 3 * page + 1, page + 1)))
        return;
    CHECK(c.size == 4 * page && c.data_size == 2 * page && c.data + c.data_size == c.run);
    for (size_t i = 0; i < c.data_size; i++)
        if (!CHECK_EQ_INT(c.data[i], 0))
            break;
#if defined(__x86_64__)
    static const uint8_t load[] = {0x8B, 5, 0xF6, 0xFF, 0xFF, 0xFF, 0xC3}; /* mov eax, [rip-10] */
    uint32_t word = 0x12345678;
    put(&c, 0, load, sizeof load);
    memcpy(c.run - 4, &word, 4);
    CHECK_EQ_INT(code_fn(&c, 0)(NULL), word);
#endif
    wt_os_code_free(&c);
}

static void odd_sizes(void) {
    OsCode c;
    CHECK(!wt_os_code_new(&c, 0, 0) && !c.run);
    CHECK(!wt_os_code_new(&c, SIZE_MAX, 0) && !c.run);
    CHECK(!wt_os_code_new(&c, 1, SIZE_MAX) && !c.run && !c.write);
}

/* ---- processes that end by a fault ---- */

/* How a child ends that runs fn with the handlers it would have without sanitizers. */
static int end_of_child(void (*fn)(void)) {
    fflush(stdout);
    fflush(stderr);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        (void)setrlimit(RLIMIT_CORE, &none);
        (void)signal(SIGSEGV, SIG_DFL);
        (void)signal(SIGBUS, SIG_DFL);
        fn();
        _exit(7);
    }
    int status = 0;
    if (!CHECK(child > 0 && waitpid(child, &status, 0) == child))
        return -1;
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/* A child that writes does not write into its parent's code. Not at its beginning: a sanitizer
   looks for the type of a function in front of it. */
static OsCode shared_code;
static void copy_128(void *user, uint8_t *to) { memcpy(to, ((OsCode *)user)->run, 128); }
static void write_in_child(void) {
    static const uint8_t nothing[sizeof answer] = {0};
    uint8_t *run = shared_code.run;
    bool ok = wt_os_code_own(&shared_code, copy_128, &shared_code) && shared_code.run == run &&
              code_fn(&shared_code, 64)(NULL) == 42;
    put(&shared_code, 64, nothing, sizeof nothing);
    put(&shared_code, 128, answer, sizeof answer);
    _exit(ok && code_fn(&shared_code, 128)(NULL) == 42 ? 7 : 1);
}
static void code_of_a_child(void) {
    if (!CHECK(wt_os_code_new(&shared_code, 1, 0)))
        return;
    uint8_t *write = shared_code.write;
    CHECK(wt_os_code_own(&shared_code, copy_128, &shared_code) && shared_code.write == write);
    put(&shared_code, 64, answer, sizeof answer);
    CHECK_EQ_INT(end_of_child(write_in_child), 7);
    CHECK_EQ_INT(code_fn(&shared_code, 64)(NULL), 42);
    CHECK_EQ_INT(shared_code.run[128], 0);
    wt_os_code_free(&shared_code);
}

/* A bound of the process for the length of files is none for code. */
static void code_in_short_files(void) {
    struct rlimit none = {1, 1};
    OsCode c;
    bool ok = setrlimit(RLIMIT_FSIZE, &none) == 0 && wt_os_code_new(&c, 1 << 20, 1);
    if (ok)
        put(&c, 70000, answer, sizeof answer);
    _exit(ok && code_fn(&c, 70000)(NULL) == 42 && c.write != c.run ? 7 : 1);
}
static void bound_of_files(void) {
    int end = end_of_child(code_in_short_files);
    if (end == 1 && !wt_os_faults_known()) /* qemu does not map pages a second time */
        check_skip("bound_of_files", "no code without a file here");
    else
        CHECK_EQ_INT(end, 7);
}

static void write_where_it_runs(void) {
    OsCode c;
    if (wt_os_code_new(&c, 1, 0))
        *(volatile uint8_t *)c.run = 1;
}

static void code_is_read_only(void) { CHECK_EQ_INT(end_of_child(write_where_it_runs), -SIGSEGV); }

static bool never_ours(OsFault *f) {
    (void)f;
    return false;
}

static volatile uint8_t *nowhere(void) { return (volatile uint8_t *)wt_os_mem_reserve(65536); }

static void fault_after_install(void) {
    if (wt_os_faults_install(never_ours))
        *nowhere() = 1;
}

static void send_after_install(void) {
    if (wt_os_faults_install(never_ours))
        (void)kill(getpid(), SIGBUS);
}

static void ignored_after_install(void) {
    (void)signal(SIGSEGV, SIG_IGN);
    if (wt_os_faults_install(never_ours))
        (void)raise(SIGSEGV);
}

static void faults_of_nobody(void) {
    CHECK_EQ_INT(end_of_child(fault_after_install), -SIGSEGV);
    CHECK_EQ_INT(end_of_child(send_after_install), -SIGBUS);
    CHECK_EQ_INT(end_of_child(ignored_after_install), 7);
}

/* ---- faults in this process ---- */

#if defined(__x86_64__) && defined(__linux__)

static OsCode fault_code;
static OsFault seen;
static volatile int others, ours;
enum { FAULT_landing = 32 };

/* In fault_code: goes on at the landing, with the stack as it was at the entry (in rsi). */
static bool land(OsFault *f) {
    if (f->pc - (uintptr_t)fault_code.run >= fault_code.size)
        return false;
    seen = *f;
    ours++;
    f->regs[1] = 40;
    f->fp = 2;
    f->sp = f->regs[6];
    f->pc = (uintptr_t)fault_code.run + FAULT_landing;
    return true;
}

/* Of an embedder that makes its pages when they are touched. */
static void make_page(int signal, siginfo_t *info, void *context) {
    (void)signal;
    (void)context;
    size_t page = wt_os_page_size();
    others++;
    (void)mprotect((void *)((uintptr_t)info->si_addr & ~(page - 1)), page, PROT_READ | PROT_WRITE);
}

static void install(void *user) {
    (void)user;
    CHECK(wt_os_faults_install(land));
}

/* Many at once are one; another function comes too late. */
static void installed_once(void) {
    OsThread threads[4];
    for (int i = 0; i < 4; i++)
        CHECK_EQ_INT(wt_os_thread_start(&threads[i], 0, install, NULL), OS_OK);
    for (int i = 0; i < 4; i++)
        wt_os_thread_join(&threads[i]);
    CHECK(wt_os_faults_install(land));
    CHECK(!wt_os_faults_install(never_ours));
}

static void fault_goes_on(void) {
    static const uint8_t access[] = {
        0x48, 0x89, 0xEA, /* mov rdx, rbp */
        0x48, 0x89, 0xE6, /* mov rsi, rsp */
        0x55, 0x55,       /* push rbp; push rbp */
        0x8B, 0x07,       /* mov eax, [rdi] */
        0x5D, 0x5D, 0xC3, /* pop rbp; pop rbp; ret */
    };
    static const uint8_t landing[] = {
        0x48, 0x8D, 0x04, 0x29, /* lea rax, [rcx + rbp] */
        0x48, 0x89, 0xD5, 0xC3, /* mov rbp, rdx; ret */
    };
    if (!CHECK(wt_os_code_new(&fault_code, 1, 0)))
        return;
    put(&fault_code, 0, access, sizeof access);
    put(&fault_code, FAULT_landing, landing, sizeof landing);
    const uint32_t value = 7;
    CHECK_EQ_INT(code_fn(&fault_code, 0)(&value), 7);
    uint8_t *p = wt_os_mem_reserve(65536);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ_INT(code_fn(&fault_code, 0)(p + 5), 42);
        CHECK(seen.address == (uintptr_t)p + 5 && seen.regs[7] == (uintptr_t)p + 5);
        CHECK(seen.pc == (uintptr_t)fault_code.run + 8);
        CHECK(seen.sp == seen.regs[6] - 16 && seen.sp == seen.regs[4]);
        CHECK(seen.fp == seen.regs[2] && seen.fp == seen.regs[5]);
    }
    CHECK_EQ_INT(ours, 3);
    wt_os_mem_release(p, 65536);
}

static void faults_of_others(void) {
    volatile uint8_t *p = nowhere();
    CHECK_EQ_INT(others, 0);
    p[100] = 1;
    CHECK_EQ_INT(others, 1);
    CHECK_EQ_INT(p[100], 1);
    CHECK_EQ_INT(ours, 3);
    wt_os_mem_release((void *)(uintptr_t)p, 65536);
}

/* The handler runs on the embedder's alternate stack if there is one. */
static void alternate_stack(void) {
    stack_t mine = {.ss_sp = malloc(65536), .ss_size = 65536}, before;
    CHECK_EQ_INT(sigaltstack(&mine, &before), 0);
    CHECK_EQ_INT(code_fn(&fault_code, 0)(NULL), 42);
    CHECK_EQ_INT(seen.address, 0);
    CHECK_EQ_INT(sigaltstack(&before, NULL), 0);
    free(mine.ss_sp);
    wt_os_code_free(&fault_code);
}

static void faults(void) {
    CHECK_CASE(faults_of_nobody);
    struct sigaction action = {.sa_sigaction = make_page, .sa_flags = SA_SIGINFO};
    (void)sigaction(SIGSEGV, &action, NULL);
    CHECK_CASE(installed_once);
    CHECK_CASE(fault_goes_on);
    CHECK_CASE(faults_of_others);
    CHECK_CASE(alternate_stack);
}

#else

static void faults(void) {
    CHECK(!wt_os_faults_install(never_ours));
    (void)faults_of_nobody;
    check_skip("faults", "they are caught on x86-64 Linux only");
}

#endif

int main(void) {
    CHECK_CASE(odd_sizes);
    OsCode probe;
    if (sizeof answer > 1 && wt_os_code_new(&probe, 1, 0)) {
        wt_os_code_free(&probe);
        CHECK_CASE(code_runs);
        CHECK_CASE(data_before_code);
        CHECK_CASE(code_is_read_only);
        CHECK_CASE(code_of_a_child);
        CHECK_CASE(bound_of_files);
        faults();
    } else {
        check_skip("code", "this system gives no executable memory");
    }
    return check_done();
}
