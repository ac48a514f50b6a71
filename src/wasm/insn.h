/* Reading and writing one instruction. The reader is inline: every pass over a body is made from
   it, and with a constant immediate kind it folds to a few machine instructions. */
#ifndef WATTLE_WASM_INSN_H
#define WATTLE_WASM_INSN_H

#include "base/buf.h"
#include "base/leb128.h"
#include "wasm/diag.h"
#include "wasm/op.h"
#include "wasm/type.h"

/* Marks of Reader, beside READ_padded, and of Insn.enc: how the bytes differ from the shortest
 * spelling. */
enum {
    ENC_padded = READ_padded,
    ENC_long = 2, /* a reference type with a short form is written 63 ht */
    ENC_mem0 = 4, /* the memory index 0 is spelled out in a memarg */
};

enum { BLOCK_empty, BLOCK_value, BLOCK_index };

/* One instruction. Which fields mean something depends on its Imm:
     BLOCK            block, type (BLOCK_value), a (BLOCK_index)
     TRY_TABLE        as BLOCK; c clauses in list
     LABEL FUNC TYPE LOCAL GLOBAL TABLE ELEM MEM DATA TAG   a
     BR_TABLE         c labels and then the default in list, all LEB128; a = the default
     TYPE_TABLE       a type, b table         TABLE_TABLE MEM_MEM   a destination, b source
     ELEM_TABLE       a element, b table      DATA_MEM   a data, b memory
     MEMARG(_LANE)    a memory, b log2 of the alignment, imm the offset, (lane)
     I32 I64          imm (sign-extended)     F32 F64   imm (bits)
     V128 SHUFFLE     list (16 bytes)         LANE   lane
     SELECT           c types in list; type = the first
     HEAP REF_NULL    type = (ref null ht)    REF   type = (ref ht)
     BR_CAST          a label, type source, type2 target
     TYPE_x           a type, b the other     RESUME   a type, c handlers in list
     RESUME_THROW     a type, b tag, c handlers in list */
typedef struct Insn {
    uint16_t op;
    uint8_t enc; /* ENC_ marks */
    uint8_t lane;
    uint8_t block;
    uint32_t a, b, c;
    ValType type, type2;
    uint64_t imm;
    Slice list;
} Insn;

/* A catch clause of try_table, or a handler of resume, read from Insn.list. */
typedef struct Clause {
    uint8_t kind; /* catch: 0 tag, 1 tag with exnref, 2 all, 3 all with exnref; handler: 0 on label,
                     1 on switch */
    uint32_t tag, label;
} Clause;
bool wt_insn_next_catch(Reader *r, Clause *c);
bool wt_insn_next_handler(Reader *r, Clause *c);

ValType wt_insn_valtype_slow(Reader *r);
/* A value type. Reader error (ERR_value_type ...) when malformed. */
WT_INLINE ValType read_valtype(Reader *r) {
    if (WT_LIKELY(r->at != r->end && *r->at >= 0x7B && *r->at <= 0x7F))
        return (ValType)(0x80 - *r->at++);
    return wt_insn_valtype_slow(r);
}
_Static_assert(VAL_i32 == 1 && VAL_i64 == 2 && VAL_f32 == 3 && VAL_f64 == 4 && VAL_v128 == 5,
               "read_valtype");
/* A reference type (ERR_reference_type when it is none). */
ValType wt_insn_reftype(Reader *r);
/* A storage type of a field. */
ValType wt_insn_storagetype(Reader *r);
/* A heap type as (ref null? ht): sets the exact bit when there is one. */
ValType wt_insn_heaptype(Reader *r, bool nullable);

void wt_insn_blocktype_slow(Reader *r, Insn *in);
WT_INLINE void read_blocktype(Reader *r, Insn *in) {
    if (WT_LIKELY(r->at != r->end && *r->at == 0x40)) {
        r->at++;
        in->block = BLOCK_empty;
    } else {
        wt_insn_blocktype_slow(r, in);
    }
}
void wt_insn_memarg_slow(Reader *r, Insn *in, uint32_t flags);
WT_INLINE void read_memarg(Reader *r, Insn *in) {
    uint32_t flags = read_u32(r);
    if (WT_UNLIKELY(flags >= 0x40)) {
        wt_insn_memarg_slow(r, in, flags);
        return;
    }
    in->a = 0;
    in->b = flags;
    in->imm = read_u64(r);
}
/* Immediates with a list, and rare ones. */
void wt_insn_imm_slow(Reader *r, Insn *in, Imm imm);

/* Reads the immediates of in->op. With a constant `imm` only its case remains. */
WT_INLINE void insn_read_imm(Reader *r, Insn *in, Imm imm) {
    switch (imm) {
    case IMM_NONE:
        return;
    case IMM_BLOCK:
        read_blocktype(r, in);
        return;
    case IMM_LABEL:
    case IMM_FUNC:
    case IMM_TYPE:
    case IMM_LOCAL:
    case IMM_GLOBAL:
    case IMM_TABLE:
    case IMM_ELEM:
    case IMM_MEM:
    case IMM_DATA:
    case IMM_TAG:
        in->a = read_u32(r);
        return;
    case IMM_TYPE_TABLE:
    case IMM_TABLE_TABLE:
    case IMM_ELEM_TABLE:
    case IMM_MEM_MEM:
    case IMM_DATA_MEM:
    case IMM_TYPE_FIELD:
    case IMM_TYPE_U32:
    case IMM_TYPE_DATA:
    case IMM_TYPE_ELEM:
    case IMM_TYPE_TYPE:
    case IMM_TYPE_TAG:
        in->a = read_u32(r);
        in->b = read_u32(r);
        return;
    case IMM_MEMARG:
        read_memarg(r, in);
        return;
    case IMM_MEMARG_LANE:
        read_memarg(r, in);
        in->lane = read_u8(r);
        return;
    case IMM_I32:
        in->imm = (uint64_t)(int64_t)read_s32(r);
        return;
    case IMM_I64:
        in->imm = (uint64_t)read_s64(r);
        return;
    case IMM_F32: {
        const uint8_t *p = read_bytes(r, 4);
        in->imm = p ? load32le(p) : 0;
        return;
    }
    case IMM_F64: {
        const uint8_t *p = read_bytes(r, 8);
        in->imm = p ? load64le(p) : 0;
        return;
    }
    case IMM_V128:
    case IMM_SHUFFLE: {
        static const uint8_t zeros[16];
        const uint8_t *p = read_bytes(r, 16);
        in->list = slice(p ? p : zeros, 16);
        return;
    }
    case IMM_LANE:
        in->lane = read_u8(r);
        return;
    case IMM_TRY_TABLE:
    case IMM_BR_TABLE:
    case IMM_SELECT:
    case IMM_HEAP:
    case IMM_REF:
    case IMM_REF_NULL:
    case IMM_BR_CAST:
    case IMM_FENCE:
    case IMM_RESUME:
    case IMM_RESUME_THROW:
        wt_insn_imm_slow(r, in, imm);
        return;
    }
}

unsigned wt_insn_op_slow(Reader *r, uint8_t prefix);
/* Reads the opcode. An unknown one is the reader error ERR_illegal_opcode, and OP_unreachable comes
 * back. */
WT_INLINE unsigned insn_read_op(Reader *r) {
    uint8_t byte = read_u8(r);
    if (WT_UNLIKELY(byte >= 0xFB) || WT_UNLIKELY(!wt_op_table[byte].text))
        return wt_insn_op_slow(r, byte);
    return byte;
}

/* Reads one whole instruction; false when the bytes end or are malformed (r->error says why,
   READ_end included). in->enc holds its marks. Whether its feature is on is the caller's business.
 */
WT_INLINE bool insn_read(Reader *r, Insn *in) {
    r->marks = 0;
    in->op = (uint16_t)insn_read_op(r);
    insn_read_imm(r, in, (Imm)wt_op_table[in->op].imm);
    in->enc = r->marks;
    return WT_LIKELY(!r->error);
}

/* Maps a reader's error to the error list. `in_body`: inside a function body or expression. */
ErrorCode wt_insn_error(const Reader *r, bool in_body);

/* Writes the instruction: shortest numbers, and the ENC_long and ENC_mem0 spellings that in->enc
   asks for (ENC_padded is ignored; lists are written as they are). */
void wt_insn_write(Buf *b, const Insn *in);
void wt_insn_write_op(Buf *b, unsigned op);
void wt_insn_write_valtype(Buf *b, ValType t, bool long_form);
void wt_insn_write_heaptype(Buf *b, ValType t);
/* The same operation with the same immediates, however encoded. */
bool wt_insn_equal(const Insn *x, const Insn *y);

/* Reads the local declarations at the head of a code entry, one run at a time. */
typedef struct LocalRun {
    uint32_t count;
    ValType type;
} LocalRun;
/* The number of runs. */
uint32_t wt_insn_local_runs(Reader *r);
bool wt_insn_next_run(Reader *r, LocalRun *run);

#endif
