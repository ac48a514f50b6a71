/* Polls and charges in translated code, for stores that ask for them; the rule is in run/meter.h.

   A run's `charge` is emitted with the first of its instructions that costs something, and its cost
   counted up there. Before that nothing of the run is emitted but moves of values, and every way
   into the run leads to the words behind them. Included by translate.c, whose loop calls these
   around each instruction. */
#ifndef WATTLE_INTERP_TRANSLATE_METER_H
#define WATTLE_INTERP_TRANSLATE_METER_H

#include "interp/translator.h"
#include "run/meter.h"

static void emit_poll(Translator *t) {
    if (t->interruptible)
        begin(t, IOP_poll, false);
}

/* The first words of a function. */
static void meter_function(Translator *t) {
    emit_poll(t);
    t->run_begins = true;
}

static void charge_insn(Translator *t) {
    if (t->run_begins && begin(t, IOP_charge, false)) {
        t->run_begins = false;
        t->run_cost_at = t->word_count;
        put_u32(t, 0);
    }
    if (!t->failed)
        t->words[t->run_cost_at]++;
}

/* t->in is read, but not translated. */
static void meter_before(Translator *t) {
    if (t->dead && t->dead_depth > 0)
        return;
    if (t->in.op == OP_end || t->in.op == OP_delegate) {
        const Control *c = &controls(t)[t->control_count - 1];
        t->run_joins = c->reached || c->kind == OP_if || c->kind == OP_else || c->kind == OP_catch;
    }
    if (t->fuel && !t->dead && !meter_is_free(t->in.op))
        charge_insn(t);
}

/* ... and now it is. */
static void meter_behind(Translator *t) {
    if (t->dead)
        return;
    switch (t->in.op) {
    case OP_loop:
        emit_poll(t);
        t->run_begins = true;
        return;
    case OP_end:
    case OP_delegate:
        t->run_begins |= t->run_joins;
        return;
    case OP_else:
    case OP_catch:
    case OP_catch_all:
        t->run_begins = true;
        return;
    }
    t->run_begins |= meter_ends_run(t->in.op);
}

#endif
