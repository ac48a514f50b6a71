/* What a guest may use up: the time until the host interrupts it, and fuel.

   Both are asked for when the store is made (StoreLimits.interruptible, .fuel): code is compiled
   with polls and charges then, and without any of it otherwise.

   An interrupt is one word that anybody may set, from another thread or a signal handler. Code
   polls it where a function begins and at each loop, bulk operations between pieces. It ends the
   whole nest of calls that is running, or the next one.

   Fuel is defined on the wasm code, so that every tier charges the same. An instruction costs 1;
   those that only shape the code (meter_is_free) cost nothing. Code is cut into runs, and the cost
   of a run is charged whole where it begins, also when a trap or a branch out of a call leaves it
   half-way. Unreachable code (as the validator says) belongs to no run. A run begins
     - where the function begins,
     - at `loop`: charged for entering and for each branch back,
     - behind an instruction that may branch or fall through (meter_ends_run), `if` among them,
     - at `else`, `catch` and `catch_all`,
     - at the `end` of an `if`, of a `try` with a handler, and of every other block that a
       reachable branch (or a catch clause of a reachable try_table, or
       a handler of a reachable resume) goes to.
   A run without cost is not charged. When less is left than the cost, nothing is left, and the trap
   is the run's first instruction that costs something.
   Besides, memory.fill, .copy and .init and a memory.grow that succeeds charge 1 for every 16 bytes
   begun, table.fill, .copy and .init and a table.grow that succeeds 1 for each element; those that
   are out of bounds charge nothing. A throw, a suspend and a switch charge 1 for each handler that
   is looked at, from inside to outside, before control goes to the one that fits; suspend and
   switch 1 for each frame that leaves the stack, resume and switch 1 for each that comes back to
   it. Objects of GC, exceptions among them, charge as bytes (wt_meter_bytes), and so do array.fill,
   .copy and .init. Active segments and constant expressions charge as the instructions would, by
   length only. */
#ifndef WATTLE_RUN_METER_H
#define WATTLE_RUN_METER_H

#include "base/os.h"
#include "run/store.h"
#include "wasm/op.h"

WT_INLINE bool meter_is_free(unsigned op) {
    return op == OP_block || op == OP_loop || op == OP_else || op == OP_end || op == OP_nop ||
           op == OP_try || op == OP_try_table || op == OP_catch || op == OP_catch_all ||
           op == OP_delegate;
}
WT_INLINE bool meter_ends_run(unsigned op) {
    return op == OP_if || op == OP_br_if || op == OP_br_on_null || op == OP_br_on_non_null ||
           op == OP_br_on_cast || op == OP_br_on_cast_fail || op == OP_br_on_cast_desc_eq ||
           op == OP_br_on_cast_desc_eq_fail;
}

/* Charges for the length of something; TRAP_out_of_fuel or TRAP_none. Free in stores without fuel.
 */
TrapCode wt_meter_charge(Store *s, uint64_t units);
TrapCode wt_meter_bytes(Store *s, uint64_t bytes);

/* ---- interruption ---- */

/* Without threads nobody can interrupt while code runs: somebody is called from time to time, who
   may. */
enum { METER_tick = 1 << 13 };
void wt_meter_tick(Store *s);
WT_INLINE void meter_count(Store *s) {
    if (!OS_THREADS && s->tick && s->ticks-- == 0)
        wt_meter_tick(s);
}

WT_INLINE bool meter_interrupted(Store *s) {
    meter_count(s);
    unsigned asked = atomic_load_explicit(&s->interrupt, memory_order_relaxed);
    return WT_UNLIKELY((asked & METER_stop) != 0);
}
/* Or a sampler wants to know where the code stands. */
WT_INLINE bool meter_asked(Store *s) {
    meter_count(s);
    return WT_UNLIKELY(atomic_load_explicit(&s->interrupt, memory_order_relaxed) != 0);
}

enum { METER_piece_bytes = 1 << 20, METER_piece_elems = 1 << 14 };
/* How much of `left` a bulk operation does before it polls again. */
WT_INLINE uint64_t meter_piece(const Store *s, uint64_t left, uint64_t piece) {
    return s->limits.interruptible && left > piece ? piece : left;
}
/* Between two pieces. Only inside a call: instantiation itself is not interrupted. */
WT_INLINE TrapCode meter_poll(Store *s) {
    return s->limits.interruptible && s->depth && meter_interrupted(s) ? TRAP_interrupt : TRAP_none;
}

#endif
