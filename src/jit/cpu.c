/* Lists of a processor's extensions: "native", "generic", "avx,avx2", "-bmi2". Path: api/ -> here;
   what becomes of the set is the machine's to say (NativeMachine.features). */
#include "jit/cpu.h"

/* The extensions that a word names; false: none. */
static bool cpu_word(const CpuNames *names, Slice word, uint64_t *bits) {
    for (unsigned i = 0; i < names->count; i++)
        if (slice_is(word, names->extensions[i])) {
            *bits = (uint64_t)1 << i;
            return true;
        }
    return false;
}

/* One word; first: nothing has been said yet. */
static bool cpu_take_word(const CpuNames *names, Slice word, bool first, uint64_t *without) {
    bool minus = word.data[0] == '-', sign = minus || word.data[0] == '+';
    uint64_t bits, all = names->count < 64 ? ((uint64_t)1 << names->count) - 1 : UINT64_MAX;
    if (!sign && slice_is(word, "native")) {
        *without = 0;
        return true;
    }
    if (!sign && (slice_is(word, "generic") || slice_is(word, names->least))) {
        *without = all;
        return true;
    }
    if (!cpu_word(names, sign ? (Slice){word.data + 1, word.len - 1} : word, &bits))
        return false;
    if (first)
        *without = sign ? 0 : all;
    *without = minus ? *without | bits : *without & ~bits;
    return true;
}

bool wt_cpu_parse(const CpuNames *names, Slice list, uint64_t *without, Slice *bad) {
    *without = 0;
    bool first = true;
    for (size_t i = 0; i < list.len; i++) {
        size_t start = i;
        while (i < list.len && list.data[i] != ',')
            i++;
        *bad = (Slice){list.data + start, i - start};
        if (bad->len == 0)
            continue;
        if (!cpu_take_word(names, *bad, first, without))
            return false;
        first = false;
    }
    return true;
}
