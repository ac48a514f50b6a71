/* Source lines of instructions, from the DWARF line table (.debug_line) that compilers put into a
   module. DWARF for WebAssembly: addresses count from the first byte of the code section's content.
 */
#ifndef WATTLE_RUN_LINES_H
#define WATTLE_RUN_LINES_H

#include "wasm/module.h"

typedef struct LinePlace {
    const Module *module;
    uint64_t address;      /* looked for */
    Slice directory, file; /* file.data NULL: not known; directory empty: the compiler's */
    uint32_t line, column; /* from 1; 0: not known */
} LinePlace;

/* The address of an instruction: an offset from a function's code. UINT64_MAX: the module is no
   binary. */
uint64_t wt_lines_address(const Module *m, uint32_t funcidx, uint32_t offset);
/* Finds all the places of one module in one walk over its table; the texts lie in the module. What
   is broken in the table is passed over. */
void wt_lines_find(const Module *m, LinePlace *places, size_t count);
/* Tells every row that has a line, in the order of the table: it stands for [p->address, end). */
void wt_lines_each(const Module *m, void (*row)(void *user, const LinePlace *p, uint64_t end),
                   void *user);

#endif
