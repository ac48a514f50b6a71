/* sock_*: on sockets that the host handed in, and on what they accepted. Streams are also read and
   written like files (file.c, which sends the pieces here). */
#include "base/ossock.h"
#include "run/meter.h"
#include "wasi/inside.h"

/* Accepting and waiting hold the descriptor, not the world. */
static OsError accept_one(const Call *c, const Fd *f, bool blocks, OsFile *stream) {
    OsError error;
    world_unlock(c);
    do
        error = wt_ossock_accept(f->file, stream);
    while (error == OS_again && blocks && wt_wasi_wait(c, f, false));
    world_lock(c);
    return error;
}

Errno wt_wasi_sock_accept(Call *c) {
    Fd *f;
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), 0, &f);
    if (error == E_success && f->type != OS_TYPE_socket)
        error = E_notsock;
    if (error != E_success)
        return error;
    uint32_t flags = call_u32(c, 1), fd;
    uint8_t *result = guest_bytes(c, call_u32(c, 2), 4);
    if (!(f->rights & RIGHT_sock_accept))
        return f->listens ? E_notcapable : E_inval;
    if (flags & ~(uint32_t)FLAG_nonblock)
        return E_inval;
    if (!result)
        return E_fault;
    Fd stream = {.owned = true,
                 .fs = &wt_osfs_host,
                 .type = OS_TYPE_socket,
                 .flags = (uint16_t)flags,
                 .rights = f->inheriting};
    OsError failed = accept_one(c, f, !(f->flags & FLAG_nonblock), &stream.file);
    if (failed != OS_OK)
        return wt_wasi_errno(failed);
    error = wt_wasi_table_add(c->w, &stream, &fd);
    if (error == E_success)
        store32le(result, fd);
    else
        wt_os_file_close(stream.file);
    return error;
}

enum { RECV_peek = 1, RECV_waitall = 2 };

/* Part of what is there is enough for a reader, unless he waits for all; a writer who may wait
   writes all. */
OsError wt_wasi_sock_piece(const Call *c, const Fd *f, const Transfer *t, uint8_t *data,
                           size_t size, size_t *got) {
    bool all = !t->reads || (t->recv_flags & RECV_waitall);
    OsError error;
    size_t n;
    *got = 0;
    for (;;) {
        n = 0;
        error = t->reads ? wt_ossock_receive(f->file, data + *got, size - *got,
                                             t->recv_flags & RECV_peek, &n)
                         : wt_ossock_send(f->file, data + *got, size - *got, &n);
        *got += n;
        bool goes_on = error == OS_again ? !*got || all : error == OS_OK && n && all;
        if (!t->blocks || *got == size || !goes_on)
            break;
        if (error == OS_again && !wt_wasi_wait(c, f, !t->reads))
            return OS_OK; /* interrupted */
    }
    return *got ? OS_OK : error;
}

static Errno find_stream(Call *c, uint64_t rights, Fd **f) {
    Errno error = wt_wasi_table_find(c, call_u32(c, 0), 0, f);
    if (error != E_success)
        return error;
    if ((*f)->type != OS_TYPE_socket)
        return E_notsock;
    return ((*f)->rights & rights) == rights ? E_success : (*f)->listens ? E_inval : E_notcapable;
}

/* Arguments: fd, iovecs, their number, flags, where the count goes, where the flags go. */
Errno wt_wasi_sock_recv(Call *c) {
    Fd *f;
    Errno error = find_stream(c, RIGHT_fd_read, &f);
    uint32_t flags = call_u32(c, 3);
    uint8_t *out_flags = guest_bytes(c, call_u32(c, 5), 2);
    if (error == E_success && (flags & ~(uint32_t)(RECV_peek | RECV_waitall)))
        error = E_inval;
    if (error == E_success && !out_flags)
        error = E_fault;
    /* Peeking cannot wait for more: the same bytes would come again. */
    if (flags & RECV_peek)
        flags = RECV_peek;
    if (error == E_success)
        error = wt_wasi_transfer(c, f, true, flags, OSFS_HERE, guest_bytes(c, call_u32(c, 4), 4));
    if (error == E_success)
        store16le(out_flags, 0); /* streams cut nothing off */
    return error;
}

Errno wt_wasi_sock_send(Call *c) {
    Fd *f;
    Errno error = find_stream(c, RIGHT_fd_write, &f);
    if (error == E_success && call_u32(c, 3))
        error = E_inval;
    return error != E_success
               ? error
               : wt_wasi_transfer(c, f, false, 0, OSFS_HERE, guest_bytes(c, call_u32(c, 4), 4));
}

Errno wt_wasi_sock_shutdown(Call *c) {
    enum { SHUT_reading = 1, SHUT_writing = 2 };
    Fd *f;
    Errno error = find_stream(c, RIGHT_sock_shutdown, &f);
    if (error != E_success)
        return error;
    uint32_t how = call_u32(c, 1);
    if (how == 0 || how > (SHUT_reading | SHUT_writing))
        return E_inval;
    return wt_wasi_errno(wt_ossock_shutdown(f->file, how & SHUT_reading, how & SHUT_writing));
}
