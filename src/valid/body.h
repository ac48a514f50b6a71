/* Bodies and constant expressions, whole: the fast check, then words for those that failed. */
#ifndef WATTLE_VALID_BODY_H
#define WATTLE_VALID_BODY_H

#include "valid/step.h"

/* Checks the bodies of all functions with up to `threads` threads. Problems go to d in function
 * order. */
void wt_valid_bodies(const Module *m, const uint8_t *declared, unsigned threads, Diag *d);

/* Where a constant expression stands and what it may use. */
typedef struct ExprPlace {
    uint8_t section; /* SectionId */
    uint8_t part;
    uint32_t item;
    uint32_t globals_known; /* it may read globals below this */
} ExprPlace;
/* An expression that must give `result`. Its functions are declared by standing in it. */
void wt_valid_expr(const Module *m, Slice code, ValType result, const ExprPlace *place, Diag *d);
/* Calls fn for the function of each ref.func in an expression. */
void wt_valid_expr_funcs(Slice code, void (*fn)(void *user, uint32_t funcidx), void *user);

#endif
