/* The tables of op.h, filled by inclusion of ops.def, sigs.def and features.def. */
#include "wasm/op.h"

#include "wasm/type.h"

/* The 1.0 instructions need no feature. */
#define OP(page, code, ident, text, imm, sig, kind, align, since)                                  \
    [OP_##ident] = {text,  sizeof(text) - 1, IMM_##imm, SIG_##sig, KIND_##kind,                    \
                    align, FEATURE_##since,  page,      code},
const OpInfo wt_op_table[OP_count] = {
#include "wasm/ops.def"
};
#undef OP

#define SIG(ident, np, p0, p1, p2, p3, nr, r0, r1)                                                 \
    [SIG_##ident] = {np, {VAL_##p0, VAL_##p1, VAL_##p2, VAL_##p3}, nr, {VAL_##r0, VAL_##r1}},
const SigInfo wt_sig_table[] = {
#include "wasm/sigs.def"
};
#undef SIG

unsigned wt_op_find(uint8_t page, uint32_t code) {
    static const struct {
        uint8_t page;
        uint16_t base, end;
    } pages[] = {
        {0x00, OPBASE_00, OPBASE_FB}, {0xFB, OPBASE_FB, OPBASE_FC}, {0xFC, OPBASE_FC, OPBASE_FE},
        {0xFE, OPBASE_FE, OPBASE_FD}, {0xFD, OPBASE_FD, OP_count},
    };
    for (size_t i = 0; i < WT_COUNT(pages); i++)
        if (pages[i].page == page && code < (uint32_t)(pages[i].end - pages[i].base)) {
            unsigned op = pages[i].base + code;
            return wt_op_table[op].text ? op : OP_illegal;
        }
    return OP_illegal;
}

static const struct {
    const char *name;
    unsigned version;
} feature_rows[FEATURE_count] = {
#define FINISHED FEATURE_FINISHED
#define PROPOSAL FEATURE_PROPOSAL
#define FEATURE(ident, name, version) [FEATURE_##ident] = {name, version},
#include "wasm/features.def"
#undef FEATURE
#undef FINISHED
#undef PROPOSAL
};

const char *wt_feature_name(Feature f) { return f < FEATURE_count ? feature_rows[f].name : "mvp"; }
unsigned wt_feature_version(Feature f) { return f < FEATURE_count ? feature_rows[f].version : 1; }

uint64_t wt_feature_up_to(unsigned version) {
    uint64_t set = 0;
    for (unsigned f = 0; f < FEATURE_count; f++)
        if (feature_rows[f].version <= version)
            set |= (uint64_t)1 << f;
    return set;
}

uint64_t wt_feature_default(void) { return wt_feature_up_to(FEATURE_FINISHED); }

/* A word of a feature list as a set of bits; false when it is not known. */
static bool feature_word(Slice word, uint64_t *bits) {
    static const struct {
        const char *name;
        uint8_t version;
    } groups[] = {{"1.0", 1},   {"2.0", 2},   {"3.0", 3},     {"wasm1", 1},
                  {"wasm2", 2}, {"wasm3", 3}, {"default", 4}, {"all", FEATURE_PROPOSAL},
                  {"none", 0},  {"mvp", 0}};
    for (size_t i = 0; i < WT_COUNT(groups); i++)
        if (slice_is(word, groups[i].name)) {
            *bits = wt_feature_up_to(groups[i].version);
            return true;
        }
    if (slice_is(word, "lime1")) {
        *bits = FEATURE_BIT(mutable_globals) | FEATURE_BIT(multi_value) |
                FEATURE_BIT(sign_extension) | FEATURE_BIT(saturating_float_to_int) |
                FEATURE_BIT(bulk_memory) | FEATURE_BIT(extended_const);
        return true;
    }
    for (unsigned f = 0; f < FEATURE_count; f++)
        if (slice_is(word, feature_rows[f].name)) {
            *bits = (uint64_t)1 << f;
            return true;
        }
    return false;
}

bool wt_feature_parse(Slice list, uint64_t *set, Slice *bad) {
    size_t i = 0;
    bool first = true;
    while (i <= list.len) {
        size_t start = i;
        while (i < list.len && list.data[i] != ',')
            i++;
        Slice word = {list.data + start, i - start};
        i++;
        if (word.len == 0)
            continue;
        char sign = (char)word.data[0];
        if (sign == '+' || sign == '-')
            word = (Slice){word.data + 1, word.len - 1};
        uint64_t bits;
        if (!feature_word(word, &bits)) {
            *bad = word;
            return false;
        }
        bool group = word.data[0] >= '0' && word.data[0] <= '9';
        group |= slice_is(word, "none") || slice_is(word, "mvp") || slice_is(word, "lime1") ||
                 slice_is(word, "default");
        if (sign == '-')
            *set &= ~bits;
        else if (first && sign != '+' && group)
            *set = bits;
        else
            *set |= bits;
        first = false;
    }
    return true;
}
