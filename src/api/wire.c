/* Which tiers there are: the only file that names them all. */
#include "api/wire.h"

#include "interp/loop.h"

const Tier *wt_wire_tier(void) { return &wt_interp_tier; }
