/* x86-64 as a NativeMachine. */
#include "x64/target.h"

#include "jit/listing.h"
#include "x64/asm.h"
#include "x64/dis.h"

#if defined(__x86_64__) && defined(__GNUC__)
/* What the compiler's run-time library found at the start of the process: each question to the
   processor itself would cost a store 1 to 2 us in a virtual machine. With AVX goes that the system
   keeps the upper halves. */
static uint32_t read_features(void) {
    __builtin_cpu_init();
    bool avx = __builtin_cpu_supports("avx");
    uint32_t features = avx ? X64_HAS_avx : 0;
    features |= avx && __builtin_cpu_supports("fma") ? X64_HAS_fma : 0;
    features |= avx && __builtin_cpu_supports("avx2") ? X64_HAS_avx2 : 0;
    features |= __builtin_cpu_supports("bmi2") ? X64_HAS_bmi2 : 0;
    if (__builtin_cpu_supports("popcnt") && __builtin_cpu_supports("bmi") &&
        __builtin_cpu_supports("lzcnt"))
        features |= X64_HAS_counts;
    return features;
}
#else
static uint32_t read_features(void) { return 0; }
#endif

#define X64_MACHINE                                                                                \
    .name = "x86-64", .elf = 62, .dwarf_return = 16, .unwind = wt_x64_unwind, .int_args = 6,       \
    .float_args = 8, .int_results = 2, .float_results = 2, .instance_reg = X64_r14,                \
    .result_reg = X64_rax, .features = read_features, .stubs_bytes = 2048,                         \
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
    .admit = wt_native_admit,
    .roots = wt_native_roots,
    .reserve = true,
    .spare_slots = NATIVE_spare_slots,
};
