/* Charging fuel by length. The rest of the rule is in meter.h, what a tier emits is its own. */
#include "run/meter.h"

TrapCode wt_meter_charge(Store *s, uint64_t units) {
    if (!s->limits.fuel)
        return TRAP_none;
    bool enough = units <= s->fuel;
    s->fuel = enough ? s->fuel - units : 0;
    return enough ? TRAP_none : TRAP_out_of_fuel;
}

void wt_meter_tick(Store *s) {
    s->ticks = METER_tick;
    s->tick(s->tick_user);
}

TrapCode wt_meter_bytes(Store *s, uint64_t bytes) {
    return wt_meter_charge(s, bytes / 16 + (bytes % 16 != 0));
}
