/* src/wasm/ops.def against test/data/opcodes.tsv, a table made separately from the specification:
   every encoding is there, under the same mnemonic, with the same immediates, signature, alignment
   and feature; and nothing else is. */
#include "check.h"
#include "wasm/op.h"
#include "wasm/type.h"

#include <stdio.h>
#include <stdlib.h>

enum { COLUMNS = 13, MAX_LINE = 4096 };

static size_t split(char *line, char **cells) {
    size_t n = 0;
    line[strcspn(line, "\r\n")] = 0;
    for (char *at = line; at && n < COLUMNS; n++) {
        cells[n] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = 0;
    }
    for (size_t i = n; i < COLUMNS; i++)
        cells[i] = line + strlen(line);
    return n;
}

/* The table's words for the immediate kinds of ops.def. */
static const struct {
    const char *words;
    Imm imm;
} imm_rows[] = {
    {"", IMM_NONE},
    {"blocktype", IMM_BLOCK},
    {"blocktype vec(catch)", IMM_TRY_TABLE},
    {"labelidx", IMM_LABEL},
    {"vec(labelidx) labelidx", IMM_BR_TABLE},
    {"funcidx", IMM_FUNC},
    {"typeidx", IMM_TYPE},
    {"typeidx tableidx", IMM_TYPE_TABLE},
    {"localidx", IMM_LOCAL},
    {"globalidx", IMM_GLOBAL},
    {"tableidx", IMM_TABLE},
    {"tableidx tableidx", IMM_TABLE_TABLE},
    {"elemidx tableidx", IMM_ELEM_TABLE},
    {"elemidx", IMM_ELEM},
    {"memarg", IMM_MEMARG},
    {"memarg laneidx", IMM_MEMARG_LANE},
    {"memidx", IMM_MEM},
    {"memidx memidx", IMM_MEM_MEM},
    {"dataidx memidx", IMM_DATA_MEM},
    {"dataidx", IMM_DATA},
    {"s32", IMM_I32},
    {"s64", IMM_I64},
    {"f32", IMM_F32},
    {"f64", IMM_F64},
    {"bytes16", IMM_V128},
    {"laneidx^16", IMM_SHUFFLE},
    {"laneidx", IMM_LANE},
    {"vec(valtype)", IMM_SELECT},
    {"heaptype", IMM_HEAP},
    {"castflags labelidx heaptype heaptype", IMM_BR_CAST},
    {"typeidx fieldidx", IMM_TYPE_FIELD},
    {"typeidx u32", IMM_TYPE_U32},
    {"typeidx dataidx", IMM_TYPE_DATA},
    {"typeidx elemidx", IMM_TYPE_ELEM},
    {"typeidx typeidx", IMM_TYPE_TYPE},
    {"tagidx", IMM_TAG},
    {"zerobyte", IMM_FENCE},
};

static void check_imm(const OpInfo *info, const char *words) {
    Imm imm = (Imm)info->imm;
    /* ref.test and ref.cast take a heap type whose nullability the opcode says. */
    if (imm == IMM_REF || imm == IMM_REF_NULL)
        imm = IMM_HEAP;
    for (size_t i = 0; i < WT_COUNT(imm_rows); i++)
        if (strcmp(imm_rows[i].words, words) == 0) {
            if (imm_rows[i].imm != imm)
                fprintf(stderr, "%s: immediates differ from '%s'\n", info->text, words);
            CHECK(imm_rows[i].imm == imm);
            return;
        }
    fprintf(stderr, "%s: immediates '%s' are not known here\n", info->text, words);
    CHECK(false);
}

static int kind_of_word(const char *word) {
    static const struct {
        const char *word;
        int kind;
    } rows[] = {{"i32", VAL_i32}, {"i64", VAL_i64},   {"f32", VAL_f32},
                {"f64", VAL_f64}, {"v128", VAL_v128}, {"at", VAL_address}};
    for (size_t i = 0; i < WT_COUNT(rows); i++)
        if (strcmp(rows[i].word, word) == 0)
            return rows[i].kind;
    return -1;
}

/* Compares a list of types; lists with other words belong to SPECIAL rows. */
static void check_types(const OpInfo *info, const char *list, size_t count, const uint8_t *kinds) {
    char copy[MAX_LINE];
    snprintf(copy, sizeof copy, "%s", list);
    size_t n = 0;
    bool same = true;
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "), n++)
        same &= n < count && kind_of_word(word) == kinds[n];
    if (n != count || !same)
        fprintf(stderr, "%s: types differ from '%s'\n", info->text, list);
    CHECK(n == count && same);
}

static const char *feature_of(const OpInfo *info) {
    static const char *const theirs[][2] = {
        {"saturating-float-to-int", "nontrapping-float-to-int"},
        {"legacy-exceptions", "legacy-eh"},
    };
    const char *name = wt_feature_name((Feature)info->feature);
    for (size_t i = 0; i < WT_COUNT(theirs); i++)
        if (strcmp(theirs[i][0], name) == 0)
            return theirs[i][1];
    return name;
}

static void check_row(char **c, bool *seen) {
    uint8_t page = c[0][0] == '-' ? 0 : (uint8_t)strtoul(c[0], NULL, 16);
    uint32_t code = (uint32_t)strtoul(c[1], NULL, 10);
    unsigned op = wt_op_find(page, code);
    if (op == OP_illegal)
        fprintf(stderr, "%s %s (%s) is missing\n", c[0], c[1], c[3]);
    CHECK(op != OP_illegal);
    if (op == OP_illegal)
        return;
    seen[op] = true;
    const OpInfo *info = op_info(op);
    CHECK_EQ_STR(info->text, c[3]);
    CHECK_EQ_INT(info->len, strlen(c[3]));
    CHECK_EQ_INT(info->page, page);
    CHECK_EQ_INT(info->code, code);
    check_imm(info, c[4]);
    const SigInfo *sig = &wt_sig_table[info->sig];
    if (info->sig != SIG_SPECIAL) {
        check_types(info, c[6], sig->param_count, sig->params);
        check_types(info, c[7], sig->result_count, sig->results);
    }
    CHECK_EQ_INT(info->align, strtol(c[8][0] ? c[8] : "0", NULL, 10));
    CHECK_EQ_STR(feature_of(info), c[9]);
}

int main(void) {
    FILE *f = fopen("test/data/opcodes.tsv", "r");
    if (!CHECK(f != NULL))
        return check_done();
    static bool seen[OP_count];
    char line[MAX_LINE], *cells[COLUMNS];
    size_t rows = 0;
    CHECK(fgets(line, sizeof line, f) != NULL);
    while (fgets(line, sizeof line, f)) {
        split(line, cells);
        check_begin(cells[3]);
        check_row(cells, seen);
        check_end();
        rows++;
    }
    fclose(f);
    check_begin("all rows");
    CHECK_EQ_INT(rows, 582);
    /* What the table does not have: stack switching, and nothing else. */
    for (unsigned op = 0; op < OP_count; op++) {
        const OpInfo *info = op_info(op);
        if (info->text && !seen[op])
            CHECK_EQ_STR(wt_feature_name((Feature)info->feature), "stack-switching");
    }
    check_end();
    return check_done();
}
