/* The disassembler of x86-64: reads what asm.h can write. */
#ifndef WATTLE_X64_DIS_H
#define WATTLE_X64_DIS_H

#include "base/buf.h"

/* Writes the instruction at the start of `code` in Intel syntax, without a line end, and returns
   its length. 0, and nothing written: the bytes are no instruction of insn.def or end within one.
   `address` is where the instruction stands, for the targets of branches. */
size_t wt_x64_dis(const uint8_t *code, size_t len, uint64_t address, Buf *out);

#endif
