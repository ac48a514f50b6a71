/* The one place that knows which tiers there are. */
#ifndef WATTLE_API_WIRE_H
#define WATTLE_API_WIRE_H

#include "run/store.h"

/* How code is run when nothing else is asked for. */
const Tier *wt_wire_tier(void);

#endif
