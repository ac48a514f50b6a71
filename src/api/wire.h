/* The one place that knows which tiers there are. */
#ifndef WATTLE_API_WIRE_H
#define WATTLE_API_WIRE_H

#include "run/store.h"
#include "wattle.h"

/* The tier that was asked for, or what comes nearest and runs all of these features; NULL: there is
   none in this build. */
const Tier *wt_wire_tier(wattle_tier tier, uint64_t features);
/* What holds the calls of stores whose limits say `hold`. */
const TierHold *wt_wire_hold(void);
/* What the processor has that code may use: bits of the machine; 0 where there is no code. */
unsigned wt_wire_features(uint64_t without);
/* The tier for code that is only looked at. */
const Tier *wt_wire_listing(void);
/* The machine whose code the wattle_code is; NULL: unknown. */
const struct NativeMachine *wt_wire_machine(unsigned elf);
/* The same with a disassembler. */
const struct NativeMachine *wt_wire_listing_machine(unsigned elf);
/* The processor that code is made for. */
const struct CpuNames *wt_wire_cpu(void);

#endif
