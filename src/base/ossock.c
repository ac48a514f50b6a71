/* Sockets of POSIX systems; elsewhere there are none. */
#define _GNU_SOURCE
#include "base/ossock.h"

#include "base/osfs.h"

#if !defined(_WIN32) && !defined(__wasm__)

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL /* macOS: an option of the socket instead */
#define MSG_NOSIGNAL 0
#endif

enum { SOCK_backlog = 128, SOCK_text = 256 };

static OsError sock_errno(void) {
    switch (errno) {
    case EADDRINUSE:
        return OS_busy;
    case ECONNABORTED: /* the one who came has gone again */
        return OS_again;
    case ECONNRESET:
    case ENOTCONN:
        return OS_broken_pipe;
    default:
        return errno == EWOULDBLOCK ? OS_again : wt_os_error_of(errno);
    }
}

/* A new descriptor is not inherited and raises no signal. */
static OsError sock_prepare(int fd, bool nonblock, OsFile *out) {
    int on = 1, flags = fcntl(fd, F_GETFL);
    (void)on;
    bool ok = flags >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
              fcntl(fd, F_SETFL, nonblock ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) == 0;
#ifdef SO_NOSIGPIPE
    ok = ok && setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0;
#endif
    *out = fd;
    if (ok)
        return OS_OK;
    OsError error = sock_errno();
    close(fd);
    return error;
}

/* Cuts HOST:PORT into its parts. */
static bool split_address(const char *address, char host[SOCK_text], const char **port) {
    const char *colon = strrchr(address, ':');
    size_t len = colon ? (size_t)(colon - address) : 0;
    if (!colon || !colon[1] || len >= SOCK_text)
        return false;
    if (len >= 2 && address[0] == '[' && address[len - 1] == ']') {
        address++;
        len -= 2;
    } else if (memchr(address, ':', len)) {
        return false;
    }
    memcpy(host, address, len);
    host[len] = 0;
    *port = colon + 1;
    return true;
}

static OsError listen_at(const struct addrinfo *a, OsFile *listener) {
    int on = 1, fd = socket(a->ai_family, a->ai_socktype, a->ai_protocol);
    if (fd < 0)
        return sock_errno();
    OsError error = sock_prepare(fd, true, listener);
    if (error != OS_OK)
        return error;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, a->ai_addr, a->ai_addrlen) == 0 && listen(fd, SOCK_backlog) == 0)
        return OS_OK;
    error = sock_errno();
    close(fd);
    return error;
}

OsError wt_ossock_listen(const char *address, OsFile *listener) {
    char host[SOCK_text];
    const char *port;
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *found;
    if (!split_address(address, host, &port))
        return OS_invalid;
    int result = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);
    if (result != 0)
        return result == EAI_SYSTEM   ? sock_errno()
               : result == EAI_MEMORY ? OS_out_of_memory
                                      : OS_not_found;
    OsError error = OS_not_found;
    for (const struct addrinfo *a = found; a && error != OS_OK; a = a->ai_next)
        error = listen_at(a, listener);
    freeaddrinfo(found);
    return error;
}

OsError wt_ossock_accept(OsFile listener, bool nonblock, OsFile *stream) {
    int fd;
    do
#ifdef __linux__
        fd = accept4((int)listener, NULL, NULL, SOCK_CLOEXEC);
#else
        fd = accept((int)listener, NULL, NULL);
#endif
    while (fd < 0 && errno == EINTR);
    return fd < 0 ? sock_errno() : sock_prepare(fd, nonblock, stream);
}

OsError wt_ossock_receive(OsFile stream, void *data, size_t size, bool peek, size_t *got) {
    ssize_t n;
    do
        n = recv((int)stream, data, size, peek ? MSG_PEEK : 0);
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? sock_errno() : OS_OK;
}

OsError wt_ossock_send(OsFile stream, const void *data, size_t size, bool wait, size_t *got) {
    ssize_t n;
    do
        n = send((int)stream, data, size, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? sock_errno() : OS_OK;
}

OsError wt_ossock_shutdown(OsFile stream, bool reading, bool writing) {
    int how = reading ? (writing ? SHUT_RDWR : SHUT_RD) : SHUT_WR;
    return shutdown((int)stream, how) < 0 ? sock_errno() : OS_OK;
}

unsigned wt_ossock_port(OsFile socket) {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } a;
    socklen_t len = sizeof a;
    if (getsockname((int)socket, &a.any, &len) < 0)
        return 0;
    return a.any.sa_family == AF_INET    ? ntohs(a.v4.sin_port)
           : a.any.sa_family == AF_INET6 ? ntohs(a.v6.sin6_port)
                                         : 0;
}

#else

OsError wt_ossock_listen(const char *address, OsFile *listener) {
    (void)address;
    (void)listener;
    return OS_unsupported;
}

OsError wt_ossock_accept(OsFile listener, bool nonblock, OsFile *stream) {
    (void)listener;
    (void)nonblock;
    (void)stream;
    return OS_unsupported;
}

OsError wt_ossock_receive(OsFile stream, void *data, size_t size, bool peek, size_t *got) {
    (void)stream;
    (void)data;
    (void)size;
    (void)peek;
    *got = 0;
    return OS_unsupported;
}

OsError wt_ossock_send(OsFile stream, const void *data, size_t size, bool wait, size_t *got) {
    (void)stream;
    (void)data;
    (void)size;
    (void)wait;
    *got = 0;
    return OS_unsupported;
}

OsError wt_ossock_shutdown(OsFile stream, bool reading, bool writing) {
    (void)stream;
    (void)reading;
    (void)writing;
    return OS_unsupported;
}

unsigned wt_ossock_port(OsFile socket) {
    (void)socket;
    return 0;
}

#endif
