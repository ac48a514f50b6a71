/* Where the machine code of a store lies: a few mappings, each of which many modules share, because
   a system lets a process have only so many. A part belongs to its owner until the store ends. */
#ifndef WATTLE_JIT_CODESPACE_H
#define WATTLE_JIT_CODESPACE_H

#include "base/os.h"
#include "run/store.h"

typedef struct CodeSpace CodeSpace;

/* Does not move while it is in a space. */
typedef struct CodePart {
    CodeSpace *space; /* NULL: it has no memory */
    struct CodePart *next;
    uint8_t *run; /* where the code runs */
    size_t front; /* bytes of it that were there before, and never change */
    size_t size, used;
    uint8_t *data; /* zeroed, to be read and written, at a fixed distance of the code */
} CodePart;

struct CodeSpace {
    CodeSpace *next;
    OsCode memory;
    size_t used, data_used;
    CodePart *parts;
    bool for_perf; /* wt_os_code_new_for_perf */
};

/* Code that is there before, whole pages: those of a file if mapped, else to be copied. */
typedef struct CodeFront {
    const uint8_t *code;
    size_t size;
    bool mapped;
} CodeFront;

/* Where the code at `at`, behind the front, is written. Before that, in a process that may be a
 * child: wt_codespace_own. */
WT_INLINE uint8_t *codepart_write(const CodePart *p, size_t at) {
    const OsCode *m = &p->space->memory;
    return m->write + ((size_t)(p->run - m->run) + at - m->front);
}

/* false: no memory. Faults in the code are the store's (run/codemap.h). */
bool wt_codespace_take(Store *s, CodeSpace **spaces, bool for_perf, size_t size, size_t data,
                       CodePart *out);
/* The same in a space of its own: the data is as many bytes in front of the code as it has, in
   whole pages. front, if not NULL, counts in the part's size and not in `size`; what is behind has
   no pages yet: wt_codespace_own. */
bool wt_codespace_take_alone(Store *s, CodeSpace **spaces, const CodeFront *front, size_t size,
                             size_t data, CodePart *out);
/* The part's owner goes: its addresses stay taken, but nobody looks at the part any more. */
void wt_codespace_forget(CodePart *part);
/* Code in front of `to` is not needed any more: nobody will run or read it. */
void wt_codespace_discard(const CodePart *p, size_t to);
/* wt_os_code_own for the space of a part. */
bool wt_codespace_own(const CodePart *p);
void wt_codespace_free(Store *s, CodeSpace **spaces);

#endif
