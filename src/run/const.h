/* Constant expressions: initial values of globals and tables, offsets and items of segments. */
#ifndef WATTLE_RUN_CONST_H
#define WATTLE_RUN_CONST_H

#include "base/leb128.h"
#include "run/instance.h"

/* Runs the expression at r up to its `end`, on the stack above `top`. out has room for two Values
   (a v128). Globals that it reads must be set. It may allocate objects. false: s->trap. */
bool wt_const_run(Instance *in, Reader *r, Value *top, Value *out);

#endif
