/* The interpreter: translated code is run here. Read translate.h first. */
#ifndef WATTLE_INTERP_LOOP_H
#define WATTLE_INTERP_LOOP_H

#include "interp/translate.h"

/* What api/wire.c gives to stores. */
extern const Tier wt_interp_tier;
extern const TierHold wt_interp_hold;

#endif
