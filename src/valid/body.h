/* Bodies and constant expressions, whole: the fast check, then words for those that failed. */
#ifndef WATTLE_VALID_BODY_H
#define WATTLE_VALID_BODY_H

#include "valid/step.h"

/* Checks the bodies of all functions with up to `threads` threads. Problems go to d in function
   order. ref.func may name the functions whose bits are set in `declared`. valid: as for
   wt_valid_module_known, or NULL. true: there are tail calls. */
bool wt_valid_bodies(const Module *m, const uint8_t *declared, unsigned threads, uint8_t *valid,
                     Diag *d);

/* Where a constant expression stands and what it may use. */
typedef struct ExprPlace {
    uint8_t section; /* SectionId */
    uint8_t part;    /* elements: 0 the offset, 1 the items */
    uint32_t item;
    uint32_t globals_known; /* it may read globals below this */
    const uint8_t *start;   /* offsets count from here: the expression, or the first of a list */
} ExprPlace;
/* An expression at the start of `code` that must give `result`. Returns its end, or NULL when it
   is wrong, which w->diag then says. w serves many expressions, one after the other; the functions
   they name get their bits in w->declares. */
const uint8_t *wt_valid_expr(Walk *w, Slice code, ValType result, const ExprPlace *place);

#endif
