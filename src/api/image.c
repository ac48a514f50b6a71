/* Container images: the layout as files, or as one tar archive. */
#include "api/inside.h"
#include "tools/image.h"

/* Who takes the layout. */
typedef struct ImageTarget {
    wattle_image_take take;
    void *user;
    Buf *tar; /* instead */
} ImageTarget;

static bool give_image_file(void *user, const char *name, Slice bytes) {
    const ImageTarget *t = user;
    if (!t->tar)
        return t->take(t->user, name, bytes.data, bytes.len);
    return wt_image_tar_file(t->tar, slice_str(name), 0644, bytes) && !t->tar->failed;
}

static wattle_status image_status(ImageError error, const char **why) {
    static const struct {
        wattle_status status;
        const char *why;
    } rows[] = {
        [IMAGE_ok] = {WATTLE_OK, NULL},
        [IMAGE_path] = {WATTLE_USAGE, "a path of the image is empty, not below its root, or longer "
                                      "than its format allows"},
        [IMAGE_text] = {WATTLE_USAGE, "a text of the image is not UTF-8, or is no KEY=VALUE"},
        [IMAGE_size] = {WATTLE_LIMIT, "a file of the image is larger than its format allows"},
        [IMAGE_memory] = {WATTLE_OUT_OF_MEMORY, "out of memory"},
        [IMAGE_refused] = {WATTLE_WRITE_FAILED, "the image was not taken"},
    };
    if (why)
        *why = rows[error].why;
    return rows[error].status;
}

static wattle_status write_image(wattle_engine *engine, const wattle_image_file *files,
                                 size_t file_count, const wattle_image_options *options,
                                 ImageTarget *target, const char **why) {
    if (!file_count || !options->name)
        return image_status(IMAGE_path, why);
    const Allocator *al = &engine->allocator;
    Arena arena;
    wt_arena_init(&arena, al);
    ImageFile *inner = wt_arena_array(&arena, file_count, sizeof *inner);
    char *entry = arena_alloc(&arena, strlen(files[0].path) + 2);
    ImageError error = IMAGE_memory;
    if (inner && entry) {
        for (size_t i = 0; i < file_count; i++) {
            const char *path = files[i].path + (files[i].path[0] == '/');
            inner[i] = (ImageFile){slice_str(path), slice(files[i].data, files[i].size)};
        }
        entry[0] = '/';
        strcpy(entry + 1, (const char *)inner[0].path.data);
        Image image = {.files = inner,
                       .file_count = file_count,
                       .entry = entry,
                       .name = options->name,
                       .user = options->user,
                       .directory = options->directory,
                       .args = {options->args, options->arg_count},
                       .envs = {options->envs, options->env_count},
                       .annotations = {options->annotations, options->annotation_count}};
        error = wt_image_write(&image, al, give_image_file, target);
    }
    wt_arena_free(&arena);
    return image_status(error, why);
}

wattle_status wattle_image_write(wattle_engine *engine, const wattle_image_file *files,
                                 size_t file_count, const wattle_image_options *options,
                                 wattle_image_take take, void *user, const char **why) {
    ImageTarget target = {.take = take, .user = user};
    return write_image(engine, files, file_count, options, &target, why);
}

typedef struct TarTarget {
    wattle_write write;
    void *user;
} TarTarget;

static bool write_tar_bytes(void *user, const uint8_t *data, size_t len) {
    const TarTarget *t = user;
    return t->write(t->user, data, len);
}

wattle_status wattle_image_write_tar(wattle_engine *engine, const wattle_image_file *files,
                                     size_t file_count, const wattle_image_options *options,
                                     wattle_write write, void *user, const char **why) {
    TarTarget inner = {write, user};
    Buf out;
    wt_buf_init_write(&out, &engine->allocator, 0, write_tar_bytes, &inner);
    ImageTarget target = {.tar = &out};
    wattle_status status = write_image(engine, files, file_count, options, &target, why);
    if (status == WATTLE_OK) {
        wt_image_tar_end(&out);
        if (!wt_buf_flush(&out))
            status = image_status(IMAGE_refused, why);
    } else if (out.failed && !out.write_failed) {
        status = image_status(IMAGE_memory, why);
    }
    wt_buf_free(&out);
    return status;
}
