/* The server: a loop over the sockets that can go on. A connection first fills `in` until the head
   of the request is whole, then `out` holds the head of the answer, and behind it the file goes
   through `out` piece by piece. Pages that listen for changes stay open; while there are some, the
   folder is looked at four times a second. HTTP: RFC 9110, 9112. */
#include "tools/serve.h"

#include "base/ossock.h"
#include "base/utf8.h"

enum {
    SERVE_connections = 64,
    SERVE_head = 16384,    /* of a request, at most */
    SERVE_piece = 65536,   /* of a file at a time */
    SERVE_path = 4096,     /* of a file below the folder */
    SERVE_entries = 10000, /* of the folder that are looked at for changes */
    SERVE_depth = 16,
};
#define SERVE_patience UINT64_C(15000000000) /* without a byte */
#define SERVE_look UINT64_C(250000000)

typedef enum ConnectionState {
    CONNECTION_free,
    CONNECTION_reads,
    CONNECTION_writes,
    CONNECTION_listens
} ConnectionState;

typedef struct Connection {
    ConnectionState state;
    OsFile stream;
    uint64_t since; /* when it last went on */
    uint8_t *in;
    size_t in_len;
    Buf out;
    size_t sent;
    bool has_file, no_body;
    OsFile file;
    uint64_t left; /* of the file */
    bool live;     /* the script that listens goes behind the file */
} Connection;

typedef struct Server {
    const Serve *o;
    const Allocator *al;
    OsFile root, listener;
    Connection connections[SERVE_connections];
    uint64_t changed; /* a sum over the folder */
    uint64_t looked;
} Server;

static const char live_path[] = ".wattle/live";
static const char live_script[] =
    "<script>new EventSource('/.wattle/live').onmessage = () => location.reload();</script>\n";

const char *wt_serve_type(const char *path) {
    static const struct {
        const char *ending, *type;
    } rows[] = {
#define TYPE(ending, type) {ending, type},
#include "tools/serve.def"
#undef TYPE
    };
    const char *dot = strrchr(path, '.');
    char ending[8] = {0};
    for (size_t i = 0; dot && i < sizeof ending - 1 && dot[i + 1]; i++)
        ending[i] = dot[i + 1] >= 'A' && dot[i + 1] <= 'Z' ? (char)(dot[i + 1] + 32) : dot[i + 1];
    for (size_t i = 0; dot && i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].ending, ending) == 0 && !dot[1 + strlen(ending)])
            return rows[i].type;
    return "application/octet-stream";
}

/* ---- connections ---- */

static void connection_end(Server *s, Connection *c) {
    if (c->has_file)
        wt_os_file_close(c->file);
    wt_os_file_close(c->stream);
    allocator_free(s->al, c->in, SERVE_head);
    wt_buf_free(&c->out);
    *c = (Connection){.state = CONNECTION_free};
}

static void connection_begin(Server *s, OsFile stream) {
    Connection *c = NULL;
    for (size_t i = 0; i < SERVE_connections && !c; i++)
        if (s->connections[i].state == CONNECTION_free)
            c = &s->connections[i];
    uint8_t *in = c ? allocator_get(s->al, SERVE_head) : NULL;
    if (!in) {
        wt_os_file_close(stream);
        return;
    }
    *c = (Connection){.state = CONNECTION_reads, .stream = stream, .in = in, .since = wt_os_now()};
    wt_buf_init(&c->out, s->al);
}

/* ---- answers ---- */

static const char *status_text(unsigned status) {
    switch (status) {
    case 200:
        return "OK";
    case 301:
        return "Moved Permanently";
    case 400:
        return "Bad Request";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    case 431:
        return "Request Header Fields Too Large";
    default:
        return "Internal Server Error";
    }
}

/* size UINT64_MAX: not known. */
static void answer_head(Server *s, Connection *c, unsigned status, const char *type,
                        uint64_t size) {
    wt_buf_printf(&c->out, "HTTP/1.1 %u %s\r\nContent-Type: %s\r\n", status, status_text(status),
                  type);
    if (size != UINT64_MAX)
        wt_buf_printf(&c->out, "Content-Length: %llu\r\n", (unsigned long long)size);
    buf_str(&c->out, "Connection: close\r\nCache-Control: no-store\r\n"
                     "X-Content-Type-Options: nosniff\r\n");
    if (s->o->isolate)
        buf_str(&c->out, "Cross-Origin-Opener-Policy: same-origin\r\n"
                         "Cross-Origin-Embedder-Policy: require-corp\r\n"
                         "Cross-Origin-Resource-Policy: same-origin\r\n");
    if (status == 405)
        buf_str(&c->out, "Allow: GET, HEAD\r\n");
}

static void answer_text(Server *s, Connection *c, unsigned status, const char *text) {
    answer_head(s, c, status, "text/plain; charset=utf-8", strlen(text));
    buf_str(&c->out, "\r\n");
    if (!c->no_body)
        buf_str(&c->out, text);
}

/* What a text means in HTML. */
static void put_escaped(Buf *out, const char *text) {
    for (; *text; text++) {
        const char *special = *text == '&'   ? "&amp;"
                              : *text == '<' ? "&lt;"
                              : *text == '"' ? "&quot;"
                                             : NULL;
        if (special)
            buf_str(out, special);
        else
            buf_u8(out, (uint8_t)*text);
    }
}

/* A path in an address. */
static void put_percent(Buf *out, const char *text) {
    for (; *text; text++) {
        uint8_t b = (uint8_t)*text;
        bool plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') ||
                     strchr("-._~/", b);
        if (plain) {
            buf_u8(out, b);
        } else {
            buf_u8(out, '%');
            wt_buf_hex(out, b, 2);
        }
    }
}

/* A folder without a page: its entries. */
static unsigned answer_listing(Server *s, Connection *c, OsFile folder, const char *path) {
    OsDir *dir;
    if (wt_osfs_dir_open(folder, &dir) != OS_OK) {
        answer_text(s, c, 404, "this folder cannot be listed\n");
        return 404;
    }
    Buf page;
    wt_buf_init(&page, s->al);
    buf_str(&page, "<!doctype html>\n<meta charset=\"utf-8\">\n<title>");
    put_escaped(&page, *path ? path : "/");
    buf_str(&page, "</title>\n<ul>\n");
    OsDirEntry entry;
    bool end = false;
    for (unsigned n = 0; n < SERVE_entries && wt_osfs_dir_next(dir, &entry, &end) == OS_OK && !end;
         n++) {
        if (strcmp(entry.name, ".") == 0)
            continue;
        const char *slash = entry.type == OS_TYPE_directory ? "/" : "";
        buf_str(&page, "<li><a href=\"./");
        put_percent(&page, entry.name);
        wt_buf_printf(&page, "%s\">", slash);
        put_escaped(&page, entry.name);
        wt_buf_printf(&page, "%s</a>\n", slash);
    }
    wt_osfs_dir_close(dir);
    buf_str(&page, "</ul>\n");
    if (s->o->live)
        buf_str(&page, live_script);
    answer_head(s, c, 200, "text/html; charset=utf-8", page.len);
    buf_str(&c->out, "\r\n");
    if (!c->no_body)
        buf_bytes(&c->out, page.data, page.len);
    c->out.failed |= page.failed;
    wt_buf_free(&page);
    return 200;
}

static unsigned answer_file(Server *s, Connection *c, OsFile file, uint64_t size,
                            const char *path) {
    const char *type = wt_serve_type(path);
    c->live = s->o->live && strncmp(type, "text/html", 9) == 0;
    answer_head(s, c, 200, type, size + (c->live ? sizeof live_script - 1 : 0));
    buf_str(&c->out, "\r\n");
    if (c->no_body) {
        wt_os_file_close(file);
        return 200;
    }
    c->has_file = true;
    c->file = file;
    c->left = size;
    return 200;
}

static unsigned answer_path(Server *s, Connection *c, const char *path) {
    static const unsigned flags = OSFS_read | OSFS_nonblock | OSFS_follow;
    char index[SERVE_path + 16];
    OsFile file;
    OsStat st = {.type = OS_TYPE_unknown};
    size_t len = strlen(path);
    bool slash = !len || path[len - 1] == '/';
    OsError error = wt_osfs_open(s->root, len ? path : ".", flags, &file);
    if (error == OS_OK && wt_osfs_stat(file, &st) == OS_OK && st.type == OS_TYPE_directory) {
        if (!slash) {
            wt_os_file_close(file);
            answer_head(s, c, 301, "text/plain", 0);
            buf_str(&c->out, "Location: /");
            put_percent(&c->out, path);
            buf_str(&c->out, "/\r\n\r\n");
            return 301;
        }
        memcpy(index, path, len);
        memcpy(index + len, "index.html", sizeof "index.html");
        OsFile page;
        if (wt_osfs_open(s->root, index, flags, &page) == OS_OK) {
            if (wt_osfs_stat(page, &st) == OS_OK && st.type == OS_TYPE_regular) {
                wt_os_file_close(file);
                return answer_file(s, c, page, st.size, index);
            }
            wt_os_file_close(page);
        }
        unsigned status = answer_listing(s, c, file, path);
        wt_os_file_close(file);
        return status;
    }
    if (error == OS_OK && !slash && st.type == OS_TYPE_regular)
        return answer_file(s, c, file, st.size, path);
    if (error == OS_OK)
        wt_os_file_close(file);
    answer_text(s, c, 404, "there is no such file\n");
    return 404;
}

/* ---- requests ---- */

static int serve_hex_digit(uint8_t c) {
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* The path of a request without its slash, percent signs and query. */
static bool decode_path(Slice target, char path[SERVE_path]) {
    size_t n = 0, i = 1;
    if (!target.len || target.data[0] != '/')
        return false;
    while (i < target.len && target.data[i] == '/')
        i++;
    for (; i < target.len && target.data[i] != '?' && target.data[i] != '#'; i++) {
        uint8_t b = target.data[i];
        if (b == '%') {
            int high = i + 2 < target.len ? serve_hex_digit(target.data[i + 1]) : -1;
            int low = high >= 0 ? serve_hex_digit(target.data[i + 2]) : -1;
            if (low < 0)
                return false;
            b = (uint8_t)(high << 4 | low);
            i += 2;
        }
        if (!b || n >= SERVE_path - 1)
            return false;
        path[n++] = (char)b;
    }
    path[n] = 0;
    return utf8_valid(slice((const uint8_t *)path, n));
}

/* Letters of either case. */
static bool begins(Slice line, const char *word) {
    size_t n = strlen(word);
    if (line.len < n)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((line.data[i] >= 'A' && line.data[i] <= 'Z' ? line.data[i] + 32 : line.data[i]) !=
            word[i])
            return false;
    return true;
}

/* The name that was asked for is one of this machine's own, with any port. */
static bool own_host(Slice value) {
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    while (value.len && value.data[0] == ' ')
        value = slice(value.data + 1, value.len - 1);
    for (size_t i = 0; i < 3; i++) {
        size_t n = strlen(names[i]);
        if (begins(value, names[i]) && (value.len == n || value.data[n] == ':'))
            return true;
    }
    return false;
}

static unsigned answer_request(Server *s, Connection *c, Slice head, char path[SERVE_path],
                               char method[8]) {
    const uint8_t *at = head.data, *end = head.data + head.len;
    size_t m = 0;
    while (at < end && *at != ' ' && m < 7)
        method[m++] = (char)*at++;
    method[m] = 0;
    path[0] = 0;
    const uint8_t *target = at < end ? at + 1 : at, *line = target;
    while (line < end && *line != ' ' && *line != '\r' && *line != '\n')
        line++;
    bool host = false;
    Slice asked = slice(target, (size_t)(line - target));
    while (line < end) { /* the fields */
        while (line < end && *line != '\n')
            line++;
        const uint8_t *from = line < end ? ++line : line;
        while (line < end && *line != '\n' && *line != '\r')
            line++;
        Slice field = slice(from, (size_t)(line - from));
        if (begins(field, "host:"))
            host = own_host(slice(field.data + 5, field.len - 5));
    }
    c->no_body = strcmp(method, "HEAD") == 0;
    if (!decode_path(asked, path)) {
        answer_text(s, c, 400, "no path of a file\n");
        return 400;
    }
    if (!host) {
        answer_text(s, c, 403, "only localhost is served\n");
        return 403;
    }
    if (!c->no_body && strcmp(method, "GET") != 0) {
        answer_text(s, c, 405, "files can be read here, nothing else\n");
        return 405;
    }
    if (s->o->live && strcmp(path, live_path) == 0) {
        answer_head(s, c, 200, "text/event-stream", UINT64_MAX);
        buf_str(&c->out, "\r\n: changes\n\n");
        c->state = CONNECTION_listens;
        return 200;
    }
    return answer_path(s, c, path);
}

static void connection_read(Server *s, Connection *c) {
    size_t got = 0;
    OsError error =
        wt_ossock_receive(c->stream, c->in + c->in_len, SERVE_head - c->in_len, false, &got);
    if (error == OS_again)
        return;
    if (error != OS_OK || !got) {
        connection_end(s, c);
        return;
    }
    c->since = wt_os_now();
    if (c->state != CONNECTION_reads) /* behind the request: nothing that counts */
        return;
    c->in_len += got;
    size_t end = 0;
    for (size_t i = 3; i < c->in_len && !end; i++)
        if (memcmp(c->in + i - 3, "\r\n\r\n", 4) == 0)
            end = i + 1;
    char path[SERVE_path] = "", method[8] = "";
    unsigned status = 431;
    if (!end && c->in_len < SERVE_head)
        return;
    c->state = CONNECTION_writes;
    if (end)
        status = answer_request(s, c, slice(c->in, end), path, method);
    else
        answer_text(s, c, 431, "the request is too long\n");
    if (c->out.failed)
        connection_end(s, c);
    else if (s->o->log)
        s->o->log(s->o->user, method, path, status, c->has_file ? c->left : 0);
}

static void connection_write(Server *s, Connection *c) {
    if (c->sent == c->out.len) { /* the next piece of the file */
        c->sent = c->out.len = 0;
        size_t got = 0, size = c->left < SERVE_piece ? (size_t)c->left : SERVE_piece;
        bool ok = c->has_file && size && buf_room(&c->out, size) &&
                  wt_osfs_read(c->file, c->out.data, size, OSFS_HERE, &got) == OS_OK;
        if (ok && got) {
            c->out.len = got;
            c->left -= got;
        } else if (c->has_file && !c->left && c->live) {
            c->live = false;
            buf_str(&c->out, live_script);
        } else if (c->state == CONNECTION_listens) {
            return;
        } else {
            wt_ossock_shutdown(c->stream, false, true);
            connection_end(s, c);
            return;
        }
    }
    size_t got = 0;
    OsError error = wt_ossock_send(c->stream, c->out.data + c->sent, c->out.len - c->sent, &got);
    if (error != OS_OK && error != OS_again) {
        connection_end(s, c);
        return;
    }
    c->sent += got;
    if (got)
        c->since = wt_os_now();
}

/* ---- changes ---- */

static uint64_t mixed(uint64_t sum, uint64_t v) { return (sum ^ v) * UINT64_C(0x9E3779B97F4A7C15); }

/* A sum over names, sizes and times below a folder; `left` entries at most. */
static uint64_t serve_look_at(OsFile folder, unsigned depth, unsigned *left) {
    OsDir *dir;
    uint64_t sum = 0;
    if (depth > SERVE_depth || wt_osfs_dir_open(folder, &dir) != OS_OK)
        return 0;
    OsDirEntry entry;
    bool end = false;
    while (*left && wt_osfs_dir_next(dir, &entry, &end) == OS_OK && !end) {
        --*left;
        if (entry.name[0] == '.' || strcmp(entry.name, "node_modules") == 0)
            continue;
        uint64_t own = 1;
        for (const char *c = entry.name; *c; c++)
            own = mixed(own, (uint8_t)*c);
        OsStat st;
        OsFile inner;
        if (wt_osfs_stat_at(folder, entry.name, false, &st) == OS_OK)
            own = mixed(mixed(own, st.size), st.mtime);
        if (entry.type == OS_TYPE_directory &&
            wt_osfs_open(folder, entry.name, OSFS_read | OSFS_directory, &inner) == OS_OK) {
            own = mixed(own, serve_look_at(inner, depth + 1, left));
            wt_os_file_close(inner);
        }
        sum += own; /* in whatever order */
    }
    wt_osfs_dir_close(dir);
    return sum;
}

static void look_for_changes(Server *s) {
    bool anyone = false;
    for (size_t i = 0; i < SERVE_connections; i++)
        anyone |= s->connections[i].state == CONNECTION_listens;
    uint64_t now = wt_os_now();
    if (!anyone || now - s->looked < SERVE_look)
        return;
    unsigned left = SERVE_entries;
    uint64_t sum = serve_look_at(s->root, 0, &left);
    bool changed = s->looked && sum != s->changed;
    s->changed = sum;
    s->looked = now;
    for (size_t i = 0; i < SERVE_connections && changed; i++)
        if (s->connections[i].state == CONNECTION_listens)
            buf_str(&s->connections[i].out, "data: changed\n\n");
}

/* ---- the loop ---- */

static void serve_once(Server *s) {
    OsPoll polls[2 * SERVE_connections + 1];
    Connection *whose[2 * SERVE_connections + 1];
    size_t n = 0;
    uint64_t now = wt_os_now();
    polls[n++] = (OsPoll){.file = s->listener};
    for (size_t i = 0; i < SERVE_connections; i++) {
        Connection *c = &s->connections[i];
        if (c->state != CONNECTION_free && c->state != CONNECTION_listens &&
            now - c->since > SERVE_patience)
            connection_end(s, c);
        if (c->state == CONNECTION_free)
            continue;
        bool writes = c->state == CONNECTION_writes || c->sent < c->out.len;
        whose[n] = c;
        polls[n++] = (OsPoll){.file = c->stream, .write = writes};
        if (c->state == CONNECTION_listens && writes) { /* also learns that it is gone */
            whose[n] = c;
            polls[n++] = (OsPoll){.file = c->stream};
        }
    }
    wt_osfs_poll(polls, n, SERVE_look);
    for (size_t i = 1; i < n; i++) {
        if (!polls[i].ready || whose[i]->state == CONNECTION_free)
            continue;
        if (polls[i].write)
            connection_write(s, whose[i]);
        else
            connection_read(s, whose[i]);
    }
    OsFile stream;
    if (polls[0].ready && wt_ossock_accept(s->listener, &stream) == OS_OK)
        connection_begin(s, stream);
    look_for_changes(s);
}

OsError wt_serve(const Serve *serve, const Allocator *al, const char **what, const char **fault) {
    Server *s = allocator_get(al, sizeof *s);
    *what = "folder";
    *fault = NULL;
    if (!s)
        return OS_out_of_memory;
    *s = (Server){.o = serve, .al = al};
    OsError error = wt_osfs_open_root(serve->folder, &s->root);
    if (error == OS_OK) {
        *what = "address";
        error = wt_ossock_listen(serve->address, &s->listener, fault);
        if (error == OS_OK) {
            if (serve->ready)
                serve->ready(serve->user);
            while (!serve->stop || !serve->stop(serve->user))
                serve_once(s);
            for (size_t i = 0; i < SERVE_connections; i++)
                if (s->connections[i].state != CONNECTION_free)
                    connection_end(s, &s->connections[i]);
            wt_os_file_close(s->listener);
        }
        wt_os_file_close(s->root);
    }
    allocator_free(al, s, sizeof *s);
    return error;
}
