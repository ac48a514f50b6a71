/* Iovecs by the million, with lengths that sum over 2^32, over each other and over the results;
   random bytes for all of memory; results that overlap. Pointers beyond the end are the matter of
   pointers.py. */
#include "guest.h"

enum { MANY = 1 << 17 };
static Iovec many[MANY];
static u8 pool[1 << 20];

static void counts(u32 fd) {
    u32 got = 7;
    u64 at;
    check("no iovec", fd_read(fd, many, 0, &got), SUCCESS);
    check("reads nothing", got, 0);
    check("no iovec to write", fd_write(1, many, 0, &got), SUCCESS);
    for (u32 i = 0; i < MANY; i++)
        many[i] = (Iovec){pool, 0};
    check2("131072 empty iovecs", fd_read(fd, many, MANY, &got), SUCCESS, INVAL);
    check("2^29 iovecs: 2^32 bytes of them", fd_read(fd, many, 1u << 29, &got), FAULT);
    check("2^29 + 1", fd_read(fd, many, (1u << 29) + 1, &got), FAULT);
    check("2^32 - 1", fd_read(fd, many, 0xffffffff, &got), FAULT);
    check("2^31 to write", fd_write(fd, many, 1u << 31, &got), FAULT);
    check("2^29 + 1 to pread", fd_pread(fd, many, (1u << 29) + 1, 0, &got), FAULT);
    check("2^29 + 1 to pwrite", fd_pwrite(fd, many, (1u << 29) + 1, 0, &got), FAULT);
    for (u32 i = 0; i < MANY; i++)
        many[i] = (Iovec){pool, sizeof pool};
    fd_seek(fd, 0, SEEK_set, &at);
    check2("1024 of 1 MiB", fd_read(fd, many, 1024, &got), SUCCESS, INVAL);
    check("give the file", got, 7);
    fd_seek(fd, 0, SEEK_set, &at);
    check2("5000 of 1 MiB: more than 2^32", fd_read(fd, many, 5000, &got), SUCCESS, INVAL);
    check3("give the file", got, 7, NONE, NONE);
    check2("5000 of 1 MiB by pread", fd_pread(fd, many, 5000, 0, &got), SUCCESS, INVAL);
    many[3].len = 0xffffffff;
    check("one of them of 4 GiB", fd_read(fd, many, 5, &got), FAULT);
    many[3] = (Iovec){(void *)0xffffffff, 2};
    check("one that wraps", fd_read(fd, many, 5, &got), FAULT);
    many[3] = (Iovec){(void *)0xfffffff0, 0x20};
    check("one that wraps to 16", fd_read(fd, many, 5, &got), FAULT);
    many[3] = (Iovec){0, 0xffffffff};
    check("one over everything", fd_write(fd, many, 5, &got), FAULT);
}

static void into_devices(void) {
    u32 fd, got;
    for (u32 i = 0; i < MANY; i++)
        many[i] = (Iovec){pool, sizeof pool};
    if (open_at(ROOT, "null", 1, 0, R_WRITE, &fd) != SUCCESS)
        return;
    check2("write 5 GiB in 5000 pieces", fd_write(fd, many, 5000, &got), SUCCESS, INVAL);
    holds("in whole pieces", got % sizeof pool == 0 || got == 0xffffffff);
    fd_close(fd);
}

static void overlaps(u32 fd) {
    u32 got;
    u64 at;
    /* The file is read over the iovecs that say where to read it. */
    Iovec *v = many;
    for (u32 i = 0; i < 8; i++)
        v[i] = (Iovec){v, 64};
    fd_seek(fd, 0, SEEK_set, &at);
    check2("read over the iovecs", fd_read(fd, v, 8, &got), SUCCESS, FAULT);
    for (u32 i = 0; i < 8; i++)
        v[i] = (Iovec){&v[1], 3};
    check2("read over the next iovec", fd_pread(fd, v, 8, 0, &got), SUCCESS, FAULT);
    v[0] = (Iovec){pool, 7};
    check("the count over the iovec", fd_pread(fd, v, 1, 0, v), SUCCESS);
    holds("is the last word", *(u32 *)(void *)v == 7);
    v[0] = (Iovec){pool, 7};
    check("the count over the data", fd_pread(fd, v, 1, 0, pool), SUCCESS);
    holds("is the last word", *(u32 *)(void *)pool == 7);
    v[0] = (Iovec){pool, 7};
    v[1] = (Iovec){pool, 7};
    check("the same buffer twice", fd_pread(fd, v, 2, 0, &got), SUCCESS);
    check2("the count over the list", fd_readdir(ROOT, pool, 4096, 0, pool + 8), SUCCESS, NONE);
    u8 *path = pool;
    path[0] = 'u';
    path[1] = 'p';
    check("a link over its own name", path_readlink(ROOT, path, 2, path, 2, path + 1), SUCCESS);
    check("arguments over each other", args_get(pool, pool), SUCCESS);
    check("sizes over each other", args_sizes_get(pool, pool), SUCCESS);
    check("sizes at an odd place", args_sizes_get(pool + 1, pool + 3), SUCCESS);
    check("a clock at an odd place", clock_time_get(1, 0, pool + 3), SUCCESS);
    const u8 name[] = {'f', 'i', 'l', 'e'};
    for (u32 i = 0; i < 4; i++)
        pool[i] = name[i];
    check("a stat over its path", path_filestat_get(ROOT, 1, pool, 4, pool), SUCCESS);
    for (u32 i = 0; i < 4; i++)
        pool[i] = name[i];
    check("a descriptor over its path", path_open(ROOT, 1, pool, 4, 0, R_READ, 0, 0, pool),
          SUCCESS);
    fd_close(*(u32 *)(void *)pool);
}

static void randoms(void) {
    u32 size = (u32)__builtin_wasm_memory_size(0) * 65536;
    check("random bytes for 4 GiB", random_get(0, 0xffffffff), FAULT);
    check("for all of memory and one", random_get((void *)1, size), FAULT);
    check2("none at the very end", random_get((void *)(uintptr_t)size, 0), SUCCESS, FAULT);
    check2("none beyond it", random_get((void *)0xffffffff, 0), SUCCESS, FAULT);
    /* 64 MiB, which systems give in pieces: every page must have been reached. */
    u32 page = (u32)__builtin_wasm_memory_grow(0, 1024);
    u8 *more = (u8 *)(uintptr_t)(page * 65536);
    check("64 MiB", random_get(more, 64u << 20), SUCCESS);
    u32 empty = 0;
    for (u32 i = 0; i < 64u << 20; i += 64) {
        u64 sum = 0;
        for (u32 k = 0; k < 64; k += 8)
            sum |= *(u64 *)(void *)(more + i + k);
        empty += sum == 0;
    }
    check("64 bytes of zero among them", empty, 0);
    check("one byte", random_get(more, 1), SUCCESS);
}

void _start(void) {
    u32 fd;
    check("open", open_at(ROOT, "file", 1, 0, R_READ | R_WRITE | R_SEEK, &fd), SUCCESS);
    counts(fd);
    into_devices();
    overlaps(fd);
    randoms();
    end();
}
