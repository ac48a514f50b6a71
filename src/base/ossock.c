/* Sockets of POSIX systems; elsewhere there are none. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1
#endif
#include "base/ossock.h"

#include "base/osfs.h"

#if !defined(_WIN32) && !defined(__wasm__)

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL /* macOS: an option of the socket instead */
#define MSG_NOSIGNAL 0
#endif

#ifdef SOCK_CLOEXEC /* at once: another thread of the host may start a program meanwhile */
enum { SOCK_new = SOCK_CLOEXEC };
#else
enum { SOCK_new = 0 };
#endif

enum { SOCK_backlog = 128, SOCK_text = 256 };

static OsError sock_errno(void) {
    switch (errno) {
    case ECONNABORTED: /* the one who came has gone again */
        return OS_again;
    case ECONNRESET:
    case ENOTCONN:
        return OS_broken_pipe;
    default:
        return errno == EWOULDBLOCK ? OS_again : wt_os_error_of(errno);
    }
}

/* A new descriptor is not inherited, does not wait and raises no signal. */
static OsError sock_prepare(int fd, OsFile *out) {
    int on = 1, flags = fcntl(fd, F_GETFL);
    (void)on;
    bool ok = flags >= 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 &&
              fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
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

typedef union SockAddress {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
} SockAddress;

/* Digits up to 65535. */
static bool read_port(const char *text, uint16_t *port) {
    unsigned n = 0;
    size_t i = 0;
    for (; text[i] >= '0' && text[i] <= '9' && n <= UINT16_MAX; i++)
        n = n * 10 + (unsigned)(text[i] - '0');
    *port = htons((uint16_t)n);
    return i > 0 && !text[i] && n <= UINT16_MAX;
}

/* HOST:PORT. Names are not looked up but "localhost": the resolver of a C library is larger than
   all that is here. No HOST: every address of the machine. NULL, or what is wrong. */
static const char *read_address(const char *text, SockAddress *a, socklen_t *len) {
    char host[SOCK_text];
    uint16_t port;
    const char *colon = strrchr(text, ':');
    size_t n = colon ? (size_t)(colon - text) : 0;
    if (!colon)
        return "HOST:PORT is expected, such as 127.0.0.1:8080";
    if (!read_port(colon + 1, &port))
        return "PORT is not a number from 0 to 65535";
    if (memchr(text, ':', n) && text[0] != '[')
        return "an address of IPv6 stands in brackets, such as [::1]:8080";
    if (n >= SOCK_text)
        return "HOST is too long";
    memcpy(host, text, n);
    host[n] = 0;
    memset(a, 0, sizeof *a);
    if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
        host[n - 1] = 0;
        a->v6.sin6_family = AF_INET6;
        a->v6.sin6_port = port;
        *len = sizeof a->v6;
        return inet_pton(AF_INET6, host + 1, &a->v6.sin6_addr) == 1
                   ? NULL
                   : "what stands in brackets is not an address of IPv6";
    }
    a->v4.sin_family = AF_INET;
    a->v4.sin_port = port;
    *len = sizeof a->v4;
    const char *name = n == 0 ? "0.0.0.0" : strcmp(host, "localhost") == 0 ? "127.0.0.1" : host;
    return inet_pton(AF_INET, name, &a->v4.sin_addr) == 1
               ? NULL
               : "HOST is not an address, and names other than localhost are not looked up";
}

OsError wt_ossock_listen(const char *address, OsFile *listener, const char **fault) {
    SockAddress a;
    socklen_t len;
    *fault = read_address(address, &a, &len);
    if (*fault)
        return OS_invalid;
    int on = 1, fd = socket(a.any.sa_family, SOCK_STREAM | SOCK_new, 0);
    if (fd < 0)
        return sock_errno();
    OsError error = sock_prepare(fd, listener);
    if (error != OS_OK)
        return error;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &a.any, len) == 0 && listen(fd, SOCK_backlog) == 0)
        return OS_OK;
    error = sock_errno();
    close(fd);
    return error;
}

OsError wt_ossock_accept(OsFile listener, OsFile *stream) {
    int fd;
    do
#ifdef __linux__
        fd = accept4((int)listener, NULL, NULL, SOCK_CLOEXEC);
#else
        fd = accept((int)listener, NULL, NULL);
#endif
    while (fd < 0 && errno == EINTR);
    return fd < 0 ? sock_errno() : sock_prepare(fd, stream);
}

OsError wt_ossock_receive(OsFile stream, void *data, size_t size, bool peek, size_t *got) {
    ssize_t n;
    do
        n = recv((int)stream, data, size, MSG_DONTWAIT | (peek ? MSG_PEEK : 0));
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? sock_errno() : OS_OK;
}

OsError wt_ossock_send(OsFile stream, const void *data, size_t size, size_t *got) {
    ssize_t n;
    do
        n = send((int)stream, data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    while (n < 0 && errno == EINTR);
    *got = n < 0 ? 0 : (size_t)n;
    return n < 0 ? sock_errno() : OS_OK;
}

OsError wt_ossock_shutdown(OsFile stream, bool reading, bool writing) {
    int how = reading ? (writing ? SHUT_RDWR : SHUT_RD) : SHUT_WR;
    return shutdown((int)stream, how) < 0 ? sock_errno() : OS_OK;
}

#else

OsError wt_ossock_listen(const char *address, OsFile *listener, const char **fault) {
    (void)address;
    (void)listener;
    *fault = NULL;
    return OS_unsupported;
}

OsError wt_ossock_accept(OsFile listener, OsFile *stream) {
    (void)listener;
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

OsError wt_ossock_send(OsFile stream, const void *data, size_t size, size_t *got) {
    (void)stream;
    (void)data;
    (void)size;
    *got = 0;
    return OS_unsupported;
}

OsError wt_ossock_shutdown(OsFile stream, bool reading, bool writing) {
    (void)stream;
    (void)reading;
    (void)writing;
    return OS_unsupported;
}

#endif
