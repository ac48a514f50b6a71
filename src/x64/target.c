/* x86-64 as a NativeMachine. */
#include "x64/target.h"

#include "base/cpu.h"
#include "jit/listing.h"
#include "x64/asm.h"
#include "x64/dis.h"

/* What a user may take away: bits of StoreLimits.cpu_without. */
typedef enum CpuExtension {
    CPU_popcnt,
    CPU_lzcnt,
    CPU_bmi1,
    CPU_bmi2,
    CPU_avx,
    CPU_avx2,
    CPU_fma,
    CPU_count,
} CpuExtension;
static const char *const cpu_extensions[CPU_count] = {
    [CPU_popcnt] = "popcnt", [CPU_lzcnt] = "lzcnt", [CPU_bmi1] = "bmi1", [CPU_bmi2] = "bmi2",
    [CPU_avx] = "avx",       [CPU_avx2] = "avx2",   [CPU_fma] = "fma",
};
static const CpuNames cpu_names = {"sse4.1", cpu_extensions, CPU_count};
#define CPU_BIT(x) ((uint64_t)1 << CPU_##x)

static uint64_t cpu_has(void) {
    uint64_t has = wt_base_cpu & CPU_HAS_popcnt ? CPU_BIT(popcnt) : 0;
    has |= wt_base_cpu & CPU_HAS_lzcnt ? CPU_BIT(lzcnt) : 0;
    has |= wt_base_cpu & CPU_HAS_bmi1 ? CPU_BIT(bmi1) : 0;
    has |= wt_base_cpu & CPU_HAS_bmi2 ? CPU_BIT(bmi2) : 0;
    has |= wt_base_cpu & CPU_HAS_avx ? CPU_BIT(avx) : 0;
    has |= wt_base_cpu & CPU_HAS_avx2 ? CPU_BIT(avx2) : 0;
    has |= wt_base_cpu & CPU_HAS_fma ? CPU_BIT(fma) : 0;
    return has;
}

/* What the compiler asks for, where all of `need` is there. */
static uint32_t read_features(uint64_t without) {
    static const struct {
        uint32_t feature;
        uint64_t need;
    } rows[] = {
        {X64_HAS_bmi2, CPU_BIT(bmi2)},
        {X64_HAS_counts, CPU_BIT(popcnt) | CPU_BIT(lzcnt) | CPU_BIT(bmi1)},
        {X64_HAS_avx, CPU_BIT(avx)},
        {X64_HAS_fma, CPU_BIT(avx) | CPU_BIT(fma)},
        {X64_HAS_avx2, CPU_BIT(avx) | CPU_BIT(avx2)},
    };
    uint64_t has = cpu_has() & ~without;
    uint32_t features = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        features |= (rows[i].need & ~has) == 0 ? rows[i].feature : 0;
    return features;
}

#define X64_MACHINE                                                                                \
    .name = "x86-64", .elf = 62, .dwarf_return = 16, .unwind = wt_x64_unwind, .int_args = 6,       \
    .float_args = 8, .int_results = 2, .float_results = 2, .instance_reg = X64_r14,                \
    .result_reg = X64_rax, .cpu = &cpu_names, .features = read_features, .stubs_bytes = 3072,      \
    .store_stubs = wt_x64_store_stubs, .segment_head = wt_x64_segment_head,                        \
    .head_bytes = X64_head_bytes, .entry_bytes = X64_entry_bytes, .compile = wt_x64_compile,       \
    .free_rooms = wt_x64_free_rooms, .stub = wt_x64_stub, .entry = wt_x64_entry

const NativeMachine wt_x64_machine = {X64_MACHINE};
/* What only runs code has no disassembler in it. */
const NativeMachine wt_x64_listing_machine = {X64_MACHINE, .disassemble = wt_x64_dis};

static bool attach_x64(Store *s) { return wt_native_attach(s, &wt_x64_machine); }

static bool attach_listing(Store *s) { return wt_listing_attach(s, &wt_x64_listing_machine); }

const Tier wt_x64_listing = {
    .name = "listing",
    .attach = attach_listing,
    .detach = wt_native_detach,
    .load = wt_listing_load,
};

const Tier wt_x64_tier = {
    .name = "baseline",
    .attach = attach_x64,
    .detach = wt_native_detach,
    .load = wt_native_load,
    .call = wt_native_call,
    .call_ints = wt_native_call_ints,
    .admit = wt_native_admit,
    .roots = wt_native_roots,
    .reserve = true,
    .spare_slots = NATIVE_spare_slots,
};
