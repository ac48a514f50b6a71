/* A module as an npm package: the files, from a model (model.h). */
#ifndef WATTLE_PACK_PACK_H
#define WATTLE_PACK_PACK_H

#include "pack/model.h"

enum {
    PACK_web = 1,     /* init.js, and nothing that runs by itself */
    PACK_node = 2,    /* entries for node, which read the file */
    PACK_bundler = 4, /* an entry with top-level await, for bundlers and browsers */
    PACK_deno = 8,    /* the same entry, for deno */
    PACK_inline = 16, /* the module inside of the JavaScript */
    PACK_esm = 32,    /* `import source`, for engines to come */
    PACK_all = PACK_web | PACK_node | PACK_bundler | PACK_deno,
};

/* A file beside the module that an import needs, by its name below the folder of the module; the
   bytes are lent until the package is written. false: *why it cannot be read. */
typedef bool (*PackFind)(void *user, const char *name, Slice *bytes, const char **why);

typedef struct Pack {
    const BindModel *model;
    Slice bytes;         /* of the module, as it is packed */
    const char *name;    /* of the package: "@me/life" */
    const char *version; /* of the package */
    const char *stem;    /* of the files: "life" */
    const char *source;  /* what it was made of, for comments: "life.wat" */
    const char *tool;    /* "wattle 0.1.0" */
    const char *node;    /* the oldest that runs it: "20" */
    unsigned targets;    /* PACK_ bits */
    /* Glue that another tool made, with `export default` and `initSync` as wasm-bindgen's target
       web has them: it is packed as it is, and no other is written. data NULL: none. */
    Slice glue, glue_types; /* types: of TypeScript, or data NULL */
    bool map;               /* "life.wasm.map" too, when the module was made of a text */
    PackFind find;          /* NULL: ES modules that are imported stay where they are */
    void *find_user;
} Pack;

/* Takes a file of the package; false ends the job. */
typedef bool (*PackTake)(void *user, const char *name, Slice bytes);

/* Writes all files. false: memory, or a refused file (*refused). */
bool wt_pack_write(const Pack *pack, const Allocator *al, PackTake take, void *user, bool *refused);
/* No name npm would take: lower case, below 214 bytes, "@scope/name" at most. */
bool wt_pack_name_ok(Slice name);

/* ---- pieces, for the files of this room ---- */

/* A piece of JavaScript, of runtime.def or wasi.def. */
typedef struct PackPiece {
    const char *ident, *needs, *text; /* needs: idents with blanks between */
} PackPiece;
/* The set `used` with a piece of `count` (at most 64) and all that it needs. */
uint64_t wt_pack_use(const PackPiece *pieces, unsigned count, uint64_t used, unsigned piece);
/* wasi.js: what the imports of the module need. */
void wt_pack_wasi(const BindModel *b, Buf *out);
/* The source map of a text module whose binary is `bytes`. */
bool wt_pack_map(const Module *m, Slice bytes, const char *source, Arena *arena, Buf *out, Diag *d);
/* Copies the ES modules beside the module that its imports name, and those that these import, each
   by `give`. false: an error is reported, or the job was ended. */
bool wt_pack_beside(const Pack *pack, bool (*give)(void *user, const char *name, Slice bytes),
                    void *user);
/* The function `link` of init.js: glue for imports and exports; and the imports of ES modules that
   it needs, in front. */
void wt_pack_glue(const Pack *pack, Buf *out);
/* The interfaces Imports and Api, and the classes, records and enums. */
void wt_pack_types(const Pack *pack, Buf *out);
/* A type as TypeScript has it. */
void wt_pack_put_ts(const BindType *t, Buf *out);
/* "name: string, n?: number" with `self` left out. */
void wt_pack_put_ts_params(const BindSig *sig, Buf *out);
void wt_pack_put_ts_result(const BindItem *it, Buf *out);
/* An import that the caller of init must give. */
bool wt_pack_is_given(const BindItem *it);
/* 'text' as a literal of JavaScript. */
void wt_pack_put_literal(Buf *out, Slice text);

#endif
