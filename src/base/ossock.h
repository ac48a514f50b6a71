/* Stream sockets that the host hands to somebody: one that listens, and what it accepts. They are
   files too: osfs.h closes them and waits for them. Systems without sockets say OS_unsupported. */
#ifndef WATTLE_BASE_OSSOCK_H
#define WATTLE_BASE_OSSOCK_H

#include "base/os.h"

/* HOST:PORT; HOST may be an address of IPv4, [one of IPv6], "localhost" or empty (all addresses of
   IPv4). OS_invalid: something else, and *fault says what is wrong with it; else that is NULL. The
   socket does not block. */
OsError wt_ossock_listen(const char *address, OsFile *listener, const char **fault);
/* None of these waits: OS_again. Who waits does so by wt_osfs_poll, where he can be interrupted,
   for what another thread takes first is not there any more. */
OsError wt_ossock_accept(OsFile listener, OsFile *stream);
/* *got 0 at the end of the stream. peek: the bytes stay. */
OsError wt_ossock_receive(OsFile stream, void *data, size_t size, bool peek, size_t *got);
/* Part of it, perhaps. No signal is raised. */
OsError wt_ossock_send(OsFile stream, const void *data, size_t size, size_t *got);
OsError wt_ossock_shutdown(OsFile stream, bool reading, bool writing);

#endif
