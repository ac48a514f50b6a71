/* Many small pieces of random bytes. On Linux from 6.11 on the system lends a generator to the
   process: a function in the vDSO, the page of code that the kernel maps into every process, with a
   state in memory that the kernel may drop. It seeds itself from the kernel's, erases what it has
   given, and begins anew when the kernel's is seeded again, after a fork and when a virtual machine
   is copied (getrandom(2), vgetrandom of the kernel's documentation). So no cipher stands here, and
   nothing is kept that could be given twice. Where there is none, each piece is a call of the
   system. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif

#include "base/osrandom.h"

#if defined(__linux__) && !defined(__ANDROID__) && UINTPTR_MAX > UINT32_MAX

#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/types.h>

/* getrandom with a state; with ~0 for its size it tells what a state is. */
typedef ssize_t (*VdsoRandom)(void *data, size_t size, unsigned flags, void *state,
                              size_t state_size);

typedef struct VdsoParams {
    uint32_t state_size, protection, flags, reserved[13];
} VdsoParams;

/* What the dynamic section of the vDSO tells, as addresses. */
typedef struct VdsoTables {
    const ElfW(Sym) * symbols;
    const char *names;
    const uint32_t *hash; /* two counts are at its start; the second is that of the symbols */
} VdsoTables;

static VdsoTables vdso_tables(const char *image, uintptr_t *bias) {
    const ElfW(Ehdr) *head = (const void *)image;
    const ElfW(Phdr) *part = (const void *)(image + head->e_phoff);
    const ElfW(Dyn) *row = NULL;
    VdsoTables t = {0};
    bool loaded = false;
    for (unsigned i = 0; i < head->e_phnum; i++) {
        if (part[i].p_type == PT_LOAD && !loaded) {
            *bias = (uintptr_t)image + part[i].p_offset - part[i].p_vaddr;
            loaded = true;
        } else if (part[i].p_type == PT_DYNAMIC) {
            row = (const void *)(image + part[i].p_offset);
        }
    }
    for (; loaded && row && row->d_tag != DT_NULL; row++) {
        const void *at = (const void *)(*bias + row->d_un.d_ptr);
        if (row->d_tag == DT_SYMTAB)
            t.symbols = at;
        else if (row->d_tag == DT_STRTAB)
            t.names = at;
        else if (row->d_tag == DT_HASH)
            t.hash = at;
    }
    return t;
}

/* NULL: there is no such function. */
static VdsoRandom find_vdso_random(void) {
    static const char *const names[] = {"__vdso_getrandom", "__kernel_getrandom"};
    const char *image = (const char *)(uintptr_t)getauxval(AT_SYSINFO_EHDR);
    uintptr_t bias = 0;
    VdsoTables t = image ? vdso_tables(image, &bias) : (VdsoTables){0};
    if (!t.symbols || !t.names || !t.hash)
        return NULL;
    for (uint32_t i = 0; i < t.hash[1]; i++)
        for (size_t n = 0; n < WT_COUNT(names); n++)
            if (t.symbols[i].st_shndx != SHN_UNDEF &&
                strcmp(t.names + t.symbols[i].st_name, names[n]) == 0)
                return (VdsoRandom)(bias + t.symbols[i].st_value);
    return NULL;
}

void wt_os_random_open(OsRandom *r) {
    VdsoParams params = {0};
    VdsoRandom fn = find_vdso_random();
    *r = (OsRandom){0};
    if (!fn || fn(NULL, 0, 0, &params, SIZE_MAX) != 0 || params.state_size > wt_os_page_size())
        return;
    void *state = mmap(NULL, wt_os_page_size(), (int)params.protection, (int)params.flags, -1, 0);
    if (state == MAP_FAILED)
        return;
    *r = (OsRandom){(uintptr_t)fn, state, params.state_size};
}

void wt_os_random_close(OsRandom *r) {
    if (r->state)
        (void)munmap(r->state, wt_os_page_size());
    *r = (OsRandom){0};
}

OsError wt_os_random_next(OsRandom *r, void *data, size_t size) {
    uint8_t *p = data;
    while (r->state && size > 0) {
        ssize_t n = ((VdsoRandom)r->fn)(p, size, 0, r->state, r->state_size);
        if (n <= 0)
            break; /* the system says why */
        p += n;
        size -= (size_t)n;
    }
    return size ? wt_os_random(p, size) : OS_OK;
}

#else

void wt_os_random_open(OsRandom *r) { *r = (OsRandom){0}; }
void wt_os_random_close(OsRandom *r) { (void)r; }
OsError wt_os_random_next(OsRandom *r, void *data, size_t size) {
    (void)r;
    return wt_os_random(data, size);
}

#endif
