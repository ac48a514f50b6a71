/* Writing an image. The layer is a tar archive; its digest stands in the configuration, the digests
   of both in the manifest, that of the manifest in the index. The formats: OCI image specification
   1.0 (image-layout, config, manifest, image index), POSIX ustar. */
#include "tools/image.h"

#include "base/sha256.h"
#include "base/utf8.h"
#include "tools/report.h"

enum { TAR_block = 512, TAR_name = 100, TAR_prefix = 155, DIGEST_text = 64 };

/* ---- tar ---- */

/* Octal digits that fill a field but for its NUL. */
static void tar_number(uint8_t *field, size_t size, uint64_t v) {
    for (size_t i = size - 1; i-- > 0; v >>= 3)
        field[i] = (uint8_t)('0' + (v & 7));
}

/* The name in its two fields, which meet at a slash. */
static bool tar_path(uint8_t header[TAR_block], Slice path) {
    size_t cut = 0;
    if (path.len > TAR_name) {
        for (cut = path.len - TAR_name - 1; cut < path.len && path.data[cut] != '/'; cut++)
            ;
        if (cut == 0 || cut > TAR_prefix || cut + 1 >= path.len)
            return false;
        memcpy(header + 345, path.data, cut);
        cut++;
    }
    memcpy(header, path.data + cut, path.len - cut);
    return path.len > 0;
}

bool wt_image_tar_file(Buf *out, Slice path, unsigned mode, Slice bytes) {
    uint8_t h[TAR_block] = {0};
    if (!tar_path(h, path))
        return false;
    tar_number(h + 100, 8, mode);
    tar_number(h + 108, 8, 0);
    tar_number(h + 116, 8, 0);
    tar_number(h + 124, 12, bytes.len);
    tar_number(h + 136, 12, 0);
    memset(h + 148, ' ', 8);
    h[156] = '0';
    memcpy(h + 257, "ustar\00000", 8);
    uint32_t sum = 0;
    for (size_t i = 0; i < TAR_block; i++)
        sum += h[i];
    tar_number(h + 148, 7, sum);
    buf_bytes(out, h, TAR_block);
    buf_slice(out, bytes);
    static const uint8_t zeros[TAR_block];
    buf_bytes(out, zeros, (TAR_block - bytes.len % TAR_block) % TAR_block);
    return true;
}

void wt_image_tar_end(Buf *out) {
    static const uint8_t zeros[TAR_block];
    buf_bytes(out, zeros, TAR_block);
    buf_bytes(out, zeros, TAR_block);
}

/* ---- JSON ---- */

/* One being written: what it is called by, once it is whole. */
typedef struct Blob {
    Buf bytes;
    char digest[sizeof "sha256:" + DIGEST_text];
} Blob;

typedef struct ImageJob {
    const Image *image;
    ImageWrite write;
    void *user;
    Blob layer, config, manifest;
    Buf index;
    ImageError error;
} ImageJob;

static void image_string(Buf *b, const char *text) { wt_report_json_string(b, slice_str(text)); }

/* "Key":["a","b"], nothing when there are none. */
static void image_list(Buf *b, const char *key, const ImageTexts *texts) {
    if (!texts->count)
        return;
    wt_buf_printf(b, "\"%s\":[", key);
    for (size_t i = 0; i < texts->count; i++) {
        buf_str(b, i ? "," : "");
        image_string(b, texts->items[i]);
    }
    buf_str(b, "],");
}

static void image_member(Buf *b, const char *key, const char *value) {
    if (!value)
        return;
    wt_buf_printf(b, "\"%s\":", key);
    image_string(b, value);
    buf_str(b, ",");
}

/* Without the comma that members leave behind. */
static void image_close(Buf *b, const char *end) {
    if (!b->failed && b->len && b->data[b->len - 1] == ',')
        b->len--;
    buf_str(b, end);
}

static void image_descriptor(Buf *b, const char *type, const Blob *blob) {
    wt_buf_printf(b,
                  "{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"%s\",\"size\":%llu",
                  type, blob->digest, (unsigned long long)blob->bytes.len);
}

/* ---- the parts ---- */

static void image_digest(Blob *blob) {
    Sha256 s;
    uint8_t digest[32];
    wt_sha256_begin(&s);
    wt_sha256_add(&s, blob->bytes.data, blob->bytes.len);
    wt_sha256_end(&s, digest);
    char *at = blob->digest;
    memcpy(at, "sha256:", 7);
    for (size_t i = 0; i < 32; i++) {
        at[7 + 2 * i] = "0123456789abcdef"[digest[i] >> 4];
        at[8 + 2 * i] = "0123456789abcdef"[digest[i] & 15];
    }
    at[7 + DIGEST_text] = 0;
}

/* No empty, "." or ".." component, no NUL: the same place for everybody who unpacks it. */
static bool image_path_good(Slice path) {
    size_t start = 0;
    for (size_t i = 0; i <= path.len; i++) {
        if (i < path.len && path.data[i] == 0)
            return false;
        if (i < path.len && path.data[i] != '/')
            continue;
        size_t n = i - start;
        const uint8_t *c = path.data + start;
        if (n == 0 || (n == 1 && c[0] == '.') || (n == 2 && c[0] == '.' && c[1] == '.'))
            return false;
        start = i + 1;
    }
    return utf8_valid(path);
}

static ImageError make_layer(const Image *image, Buf *out) {
    for (size_t i = 0; i < image->file_count; i++) {
        const ImageFile *f = &image->files[i];
        if ((uint64_t)f->bytes.len >> 33)
            return IMAGE_size;
        if (!image_path_good(f->path) ||
            !wt_image_tar_file(out, f->path, i ? 0644 : 0755, f->bytes))
            return IMAGE_path;
    }
    wt_image_tar_end(out);
    return IMAGE_ok;
}

static void make_config(const Image *image, const Blob *layer, Buf *b) {
    buf_str(b, "{\"architecture\":\"wasm\",\"os\":\"wasip1\",\"config\":{");
    image_member(b, "User", image->user);
    image_list(b, "Env", &image->envs);
    image_list(b, "Entrypoint", &(ImageTexts){&image->entry, 1});
    image_list(b, "Cmd", &image->args);
    image_member(b, "WorkingDir", image->directory);
    image_close(b, "},");
    wt_buf_printf(b, "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"%s\"]}}", layer->digest);
}

static void image_annotations(const ImageTexts *texts, Buf *b) {
    for (size_t i = 0; i < texts->count; i++) {
        const char *equals = strchr(texts->items[i], '=');
        wt_report_json_string(b, slice(texts->items[i], (size_t)(equals - texts->items[i])));
        buf_str(b, ":");
        image_string(b, equals + 1);
        buf_str(b, ",");
    }
}

static void make_manifest(const Image *image, const ImageJob *j, Buf *b) {
    buf_str(b, "{\"schemaVersion\":2,"
               "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":");
    image_descriptor(b, "config.v1+json", &j->config);
    buf_str(b, "},\"layers\":[");
    image_descriptor(b, "layer.v1.tar", &j->layer);
    buf_str(b, "}],");
    if (image->annotations.count) {
        buf_str(b, "\"annotations\":{");
        image_annotations(&image->annotations, b);
        image_close(b, "},");
    }
    image_close(b, "}");
}

/* The part of a name behind the colon of its last component. */
static const char *image_tag(const char *name) {
    const char *slash = strrchr(name, '/'), *colon = strrchr(slash ? slash : name, ':');
    return colon ? colon + 1 : "latest";
}

static void make_index(const Image *image, const ImageJob *j, Buf *b) {
    buf_str(b, "{\"schemaVersion\":2,"
               "\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[");
    image_descriptor(b, "manifest.v1+json", &j->manifest);
    buf_str(b, ",\"platform\":{\"architecture\":\"wasm\",\"os\":\"wasip1\"},\"annotations\":{");
    image_member(b, "io.containerd.image.name", image->name);
    image_member(b, "org.opencontainers.image.ref.name", image_tag(image->name));
    image_close(b, "}}]}");
}

/* ---- all of it ---- */

static bool image_texts_good(const ImageTexts *texts, bool pairs) {
    for (size_t i = 0; i < texts->count; i++) {
        const char *equals = strchr(texts->items[i], '=');
        if (!utf8_valid(slice_str(texts->items[i])) ||
            (pairs && (!equals || equals == texts->items[i])))
            return false;
    }
    return true;
}

static void image_give(ImageJob *j, const char *name, const Buf *bytes) {
    if (bytes->failed && j->error == IMAGE_ok)
        j->error = IMAGE_memory;
    if (j->error == IMAGE_ok && !j->write(j->user, name, slice(bytes->data, bytes->len)))
        j->error = IMAGE_refused;
}

static void image_give_blob(ImageJob *j, Blob *blob) {
    image_digest(blob);
    char name[sizeof "blobs/sha256/" + DIGEST_text] = "blobs/sha256/";
    memcpy(name + 13, blob->digest + 7, DIGEST_text + 1);
    image_give(j, name, &blob->bytes);
}

static void image_parts(ImageJob *j) {
    const Image *image = j->image;
    static const char version[] = "{\"imageLayoutVersion\":\"1.0.0\"}";
    j->error = make_layer(image, &j->layer.bytes);
    if (j->error == IMAGE_ok && !j->write(j->user, "oci-layout", slice_str(version)))
        j->error = IMAGE_refused;
    image_give_blob(j, &j->layer);
    make_config(image, &j->layer, &j->config.bytes);
    image_give_blob(j, &j->config);
    make_manifest(image, j, &j->manifest.bytes);
    image_give_blob(j, &j->manifest);
    make_index(image, j, &j->index);
    image_give(j, "index.json", &j->index);
}

ImageError wt_image_write(const Image *image, const Allocator *allocator, ImageWrite write,
                          void *user) {
    const ImageTexts name = {&image->name, 1}, user_name = {&image->user, image->user != NULL},
                     directory = {&image->directory, image->directory != NULL};
    if (!image_texts_good(&image->args, false) || !image_texts_good(&image->envs, true) ||
        !image_texts_good(&image->annotations, true) || !image_texts_good(&name, false) ||
        !image_texts_good(&user_name, false) || !image_texts_good(&directory, false))
        return IMAGE_text;
    ImageJob j = {.image = image, .write = write, .user = user};
    Buf *bufs[] = {&j.layer.bytes, &j.config.bytes, &j.manifest.bytes, &j.index};
    for (size_t i = 0; i < WT_COUNT(bufs); i++)
        wt_buf_init(bufs[i], allocator);
    image_parts(&j);
    for (size_t i = 0; i < WT_COUNT(bufs); i++)
        wt_buf_free(bufs[i]);
    return j.error;
}
