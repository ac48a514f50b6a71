/* A container image in the layout of the OCI image specification, for the platform wasip1/wasm: one
   uncompressed layer with the module and files beside it. The same input gives the same bytes:
   there is no time and no user in it. */
#ifndef WATTLE_TOOLS_IMAGE_H
#define WATTLE_TOOLS_IMAGE_H

#include "base/buf.h"

/* A file of the image: its path from the root. */
typedef struct ImageFile {
    Slice path, bytes;
} ImageFile;

typedef struct ImageTexts {
    const char *const *items;
    size_t count;
} ImageTexts;

typedef struct Image {
    const ImageFile *files; /* the first is the program */
    size_t file_count;
    const char *entry;                  /* its path, with a slash before it */
    const char *name;                   /* "registry/path:tag" */
    const char *user;                   /* or NULL */
    const char *directory;              /* or NULL */
    ImageTexts args, envs, annotations; /* "KEY=VALUE" the last two */
} Image;

/* Takes a file of the layout; the one that names all others comes last. false ends the job. */
typedef bool (*ImageWrite)(void *user, const char *name, Slice bytes);

typedef enum ImageError {
    IMAGE_ok,
    IMAGE_path, /* a path is empty, too long, or not below the root */
    IMAGE_text, /* a text is not UTF-8, or lacks its = */
    IMAGE_size, /* a file is larger than the format can say */
    IMAGE_memory,
    IMAGE_refused, /* by the write function */
} ImageError;

ImageError wt_image_write(const Image *image, const Allocator *allocator, ImageWrite write,
                          void *user);

/* A file and the end of a tar archive (POSIX ustar), as pushes to a buffer. false: the name is too
   long. */
bool wt_image_tar_file(Buf *out, Slice path, unsigned mode, Slice bytes);
void wt_image_tar_end(Buf *out);

#endif
