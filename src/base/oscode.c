/* Machine code in memory, and the faults it may make.

   Code lies in a file that is only memory, mapped twice: writable at one address, executable at
   another, so that no page is ever both.

   The one handler for faults is the process's: it is installed at most once and never taken away,
   which is why what it needs lies in variables of this file. They are written before the handler
   can run, except for the state itself. Whoever had the signal before is called for every fault
   that is not ours. Path: run/codemap.c, jit/ -> here. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "base/os.h"

#include "base/check.h"

/* ---- code ---- */

#if defined(__linux__)

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u /* Linux 6.3: without it some systems refuse to map it executable */
#endif

/* -1: there is none, or it would be longer than files of this process may be, for which the system
   sends a signal that ends it. */
static int code_file(size_t size) {
    struct rlimit longest;
    if (getrlimit(RLIMIT_FSIZE, &longest) == 0 && size > longest.rlim_cur)
        return -1;
    int fd = memfd_create("wattle-code", MFD_CLOEXEC | MFD_EXEC);
    if (fd < 0 && errno == EINVAL)
        fd = memfd_create("wattle-code", MFD_CLOEXEC);
    if (fd >= 0 && ftruncate(fd, (off_t)size) != 0) {
        (void)close(fd);
        fd = -1;
    }
    return fd;
}

/* The two views of a file, behind the front; fd -1: of shared memory without a name. */
static uint8_t *write_view(size_t size, int fd) {
    int flags = fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
    void *write = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
    return write == MAP_FAILED ? NULL : write;
}
/* One more view of pages that are shared, executable: an old size of 0 leaves the first there. */
static bool view_again(uint8_t *run, const uint8_t *pages, size_t size) {
    return mremap((void *)(uintptr_t)pages, 0, size, MREMAP_MAYMOVE | MREMAP_FIXED, run) !=
               MAP_FAILED &&
           mprotect(run, size, PROT_READ | PROT_EXEC) == 0;
}
static bool run_view(const OsCode *c, int fd) {
    uint8_t *run = c->run + c->front;
    size_t size = c->size - c->front;
    if (fd < 0)
        return view_again(run, c->write, size);
    return mmap(run, size, PROT_READ | PROT_EXEC, MAP_SHARED | MAP_FIXED, fd, 0) != MAP_FAILED;
}

/* One reservation, of which the beginning becomes data and the rest the executable pages. */
static bool reserve_code(OsCode *c, size_t front, size_t size, size_t data) {
    size_t page = wt_os_page_size(), most = (size_t)PTRDIFF_MAX / 8;
    *c = (OsCode){0};
    if (size == 0 || size > most || data > most || front > most || front % page)
        return false;
    c->front = front;
    c->size = front + ((size + page - 1) & ~(page - 1));
    c->data_size = (data + page - 1) & ~(page - 1);
    uint8_t *p = wt_os_mem_reserve(c->data_size + c->size);
    if (!p)
        return false;
    c->run = p + c->data_size;
    c->data = c->data_size ? p : NULL;
    return !c->data || wt_os_mem_commit(c->data, c->data_size) == OS_OK;
}

static bool new_code(OsCode *c, size_t size, size_t data, bool for_perf) {
    bool ok = reserve_code(c, 0, size, data);
    int fd = !ok || for_perf ? -1 : code_file(c->size);
    if (ok)
        c->write = write_view(c->size, fd);
    ok = c->write && run_view(c, fd);
    if (fd >= 0)
        (void)close(fd); /* the mappings keep it */
    if (!ok)
        wt_os_code_free(c);
    c->owner = (long)getpid();
    return ok;
}

/* Asking the system who we are takes longer than to place a small function. Who asks often keeps
   the answer in a page that is empty again in every child. */
enum { CODE_asks = 16 };
static void keep_owner(OsCode *c) {
#ifdef MADV_WIPEONFORK
    size_t page = wt_os_page_size();
    void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        return;
    if (madvise(p, page, MADV_WIPEONFORK) == 0)
        c->ours = p;
    else
        wt_os_mem_release(p, page);
#endif
}
static bool may_write(OsCode *c) {
    if (c->ours && *c->ours)
        return true;
    if (!c->write || c->owner != (long)getpid())
        return false;
    if (c->asks < CODE_asks && ++c->asks == CODE_asks)
        keep_owner(c);
    if (c->ours)
        *c->ours = 1;
    return true;
}

bool wt_os_code_own(OsCode *c, void (*copy)(void *user, uint8_t *to), void *user) {
    if (may_write(c))
        return true;
    OsCode old = *c;
    size_t size = c->size - c->front;
    int fd = code_file(size);
    c->write = write_view(size, fd);
    bool ok = c->write != NULL;
    if (ok) {
        if (old.write)
            copy(user, c->write);
        ok = run_view(c, fd);
        wt_os_mem_release(ok ? old.write : c->write, size);
    }
    if (!ok)
        c->write = old.write;
    if (ok)
        c->owner = (long)getpid();
    if (fd >= 0)
        (void)close(fd);
    return ok;
}

bool wt_os_code_new(OsCode *c, size_t size, size_t data) { return new_code(c, size, data, false); }
bool wt_os_code_new_for_perf(OsCode *c, size_t size, size_t data) {
    return new_code(c, size, data, true);
}

static bool copy_front(const OsCode *c, const uint8_t *code) {
    if (wt_os_mem_commit(c->run, c->front) != OS_OK)
        return false;
    memcpy(c->run, code, c->front);
    return mprotect(c->run, c->front, PROT_READ | PROT_EXEC) == 0;
}

bool wt_os_code_new_behind(OsCode *c, const uint8_t *code, size_t front, bool mapped, size_t size,
                           size_t data) {
    bool ok = reserve_code(c, front, size, data) &&
              ((mapped && view_again(c->run, code, front)) || copy_front(c, code));
    if (!ok)
        wt_os_code_free(c);
    return ok;
}

void wt_os_code_free(OsCode *c) {
    wt_os_mem_release(c->write, c->size - c->front);
    if (c->run)
        wt_os_mem_release(c->run - c->data_size, c->data_size + c->size);
    if (c->ours)
        wt_os_mem_release(c->ours, wt_os_page_size());
    *c = (OsCode){0};
}

void wt_os_code_discard(const OsCode *c, size_t from, size_t to) {
    size_t page = wt_os_page_size();
    from = (from - c->front + page - 1) / page * page;
    to = (to - c->front) / page * page;
    if (from < to)
        (void)madvise(c->write + from, to - from, MADV_REMOVE);
}

void wt_os_code_flush(const uint8_t *run, size_t size) {
    char *p = (char *)(uintptr_t)run;
    __builtin___clear_cache(p, p + size);
}

bool wt_os_map_for_perf(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = fd < 0 ? MAP_FAILED
                     : mmap(NULL, wt_os_page_size(), PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        (void)close(fd);
    return p != MAP_FAILED;
}

#else

bool wt_os_map_for_perf(const char *path) {
    (void)path;
    return false;
}
bool wt_os_code_new(OsCode *c, size_t size, size_t data) {
    (void)size;
    (void)data;
    *c = (OsCode){0};
    return false;
}
bool wt_os_code_new_for_perf(OsCode *c, size_t size, size_t data) {
    return wt_os_code_new(c, size, data);
}
bool wt_os_code_new_behind(OsCode *c, const uint8_t *code, size_t front, bool mapped, size_t size,
                           size_t data) {
    (void)code;
    (void)front;
    (void)mapped;
    return wt_os_code_new(c, size, data);
}
bool wt_os_code_own(OsCode *c, void (*copy)(void *user, uint8_t *to), void *user) {
    (void)c;
    (void)copy;
    (void)user;
    return false;
}
void wt_os_code_discard(const OsCode *c, size_t from, size_t to) {
    (void)c;
    (void)from;
    (void)to;
}
void wt_os_code_free(OsCode *c) { *c = (OsCode){0}; }
void wt_os_code_flush(const uint8_t *run, size_t size) {
    (void)run;
    (void)size;
}

#endif

/* ---- faults ---- */

#if defined(__linux__) && defined(__x86_64__) && defined(__LP64__)

#include <sched.h>
#include <signal.h>
#include <ucontext.h>

enum { FAULT_SIGNALS = 2 };
static const int fault_signals[FAULT_SIGNALS] = {SIGSEGV, SIGBUS};

/* Where the kernel keeps the registers, by their numbers. */
static const uint8_t fault_places[16] = {
    REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
    REG_R8,  REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

typedef enum FaultState { FAULTS_none, FAULTS_installing, FAULTS_installed } FaultState;
static atomic_int fault_state;
static OsFaultFn *_Atomic fault_fn;
static struct sigaction fault_before[FAULT_SIGNALS];

static bool tell_fault(OsFaultFn *fn, const siginfo_t *info, ucontext_t *context) {
    greg_t *gregs = context->uc_mcontext.gregs;
    OsFault f = {.pc = (uintptr_t)gregs[REG_RIP],
                 .sp = (uintptr_t)gregs[REG_RSP],
                 .fp = (uintptr_t)gregs[REG_RBP],
                 .address = (uintptr_t)info->si_addr};
    for (int i = 0; i < 16; i++)
        f.regs[i] = (uintptr_t)gregs[fault_places[i]];
    if (!fn(&f))
        return false;
    for (int i = 0; i < 16; i++)
        gregs[fault_places[i]] = (greg_t)f.regs[i];
    gregs[REG_RIP] = (greg_t)f.pc;
    gregs[REG_RSP] = (greg_t)f.sp;
    gregs[REG_RBP] = (greg_t)f.fp;
    return true;
}

/* Whoever was there before. The default cannot be called: it comes back, and the fault happens
   again; a signal that somebody sent is sent again. */
static void chain_fault(int signal, siginfo_t *info, void *context) {
    const struct sigaction *before = &fault_before[signal == fault_signals[0] ? 0 : 1];
    bool sent = info->si_code <= 0;
    if (before->sa_flags & SA_SIGINFO) {
        before->sa_sigaction(signal, info, context);
    } else if (before->sa_handler == SIG_IGN && sent) {
        return;
    } else if (before->sa_handler != SIG_DFL && before->sa_handler != SIG_IGN) {
        before->sa_handler(signal);
    } else {
        (void)sigaction(signal, before, NULL);
        if (sent)
            (void)raise(signal);
    }
}

static void fault_signal(int signal, siginfo_t *info, void *context) {
    int number = errno;
    OsFaultFn *fn = atomic_load_explicit(&fault_fn, memory_order_acquire);
    if (!fn || info->si_code <= 0 || !tell_fault(fn, info, context))
        chain_fault(signal, info, context);
    errno = number;
}

static bool install_faults(void) {
    struct sigaction ours = {.sa_sigaction = fault_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    (void)sigemptyset(&ours.sa_mask);
    /* First all that the handler needs. */
    for (int i = 0; i < FAULT_SIGNALS; i++)
        if (sigaction(fault_signals[i], NULL, &fault_before[i]) != 0)
            return false;
    for (int i = 0; i < FAULT_SIGNALS; i++) {
        if (sigaction(fault_signals[i], &ours, NULL) == 0)
            continue;
        while (i-- > 0)
            (void)sigaction(fault_signals[i], &fault_before[i], NULL);
        return false;
    }
    return true;
}

bool wt_os_faults_install(OsFaultFn *fn) {
    int state = FAULTS_none;
    while (!atomic_compare_exchange_strong(&fault_state, &state, FAULTS_installing)) {
        if (state == FAULTS_installed)
            return atomic_load(&fault_fn) == fn;
        (void)sched_yield();
        state = FAULTS_none;
    }
    atomic_store(&fault_fn, fn);
    bool ok = install_faults();
    atomic_store(&fault_state, ok ? FAULTS_installed : FAULTS_none);
    return ok;
}

bool wt_os_faults_known(void) { return true; }

#else

bool wt_os_faults_install(OsFaultFn *fn) {
    (void)fn;
    return false;
}
bool wt_os_faults_known(void) { return false; }

#endif
