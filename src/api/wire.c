/* Which tiers there are: the only file that names them all. */
#include "api/wire.h"

#include "interp/loop.h"
#include "x64/target.h"

/* WATTLE_INTERP_ONLY: the embedder wants no compiler in its program. WATTLE_TOOLS_ONLY: and runs
   nothing, so that there is no tier, and a store cannot be made. */
const Tier *wt_wire_tier(wattle_tier tier, uint64_t features) {
#if defined(WATTLE_TOOLS_ONLY)
    (void)tier;
    (void)features;
    return NULL;
#else
#if defined(__x86_64__) && !defined(_WIN32) && !defined(WATTLE_INTERP_ONLY)
    bool switching = features & FEATURE_BIT(stack_switching);
    if (tier == WATTLE_TIER_BASELINE || (tier == WATTLE_TIER_AUTO && !switching))
        return &wt_x64_tier;
#endif
    (void)tier;
    (void)features;
    return &wt_interp_tier;
#endif
}

const TierHold *wt_wire_hold(void) { return &wt_interp_hold; }

unsigned wt_wire_features(uint64_t without) {
#if defined(WATTLE_INTERP_ONLY)
    (void)without;
    return 0;
#else
    return wt_x64_machine.features(without);
#endif
}

const Tier *wt_wire_listing(void) { return &wt_x64_listing; }

const NativeMachine *wt_wire_machine(unsigned elf) {
    return elf == wt_x64_machine.elf ? &wt_x64_machine : NULL;
}

const NativeMachine *wt_wire_listing_machine(unsigned elf) {
    return elf == wt_x64_listing_machine.elf ? &wt_x64_listing_machine : NULL;
}

const CpuNames *wt_wire_cpu(void) { return wt_x64_machine.cpu; }
