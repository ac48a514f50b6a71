"""Stack switching for generate.py: coroutines that suspend, and who resumes them.

A program has some kinds of coroutines. Of a kind are the types of its parameters, of what it gives
when it suspends and gets when it is resumed, and of its result:

    $pc    the continuation of a coroutine that has not begun; $qc: with the first parameter bound
    $bc    of one that has suspended, by the tag $y
    $gk    a global that keeps one that nobody wanted to the end

and $sc is the continuation of those that switch to each other, by the tag $sw. A coroutine calls
and resumes earlier ones only, and who resumes counts. Bodies suspend through calls and loops; now
and then a function suspends that nobody may have resumed. While a coroutine is made, its kind is
self.inside.
"""


class Stacks:
    """A part of Program."""

    def pick_stacks(self):
        """Kinds, and what some engine does not have yet: exceptions that are thrown into a stack."""
        pick = lambda least, most: [self.pick(self.types) for _ in range(self.r.randint(least, most))]
        self.kinds = [(pick(1, self.pick([3, 9])), pick(0, 3), pick(0, 2), self.pick(self.results))
                      for _ in range(2)]
        self.coroutines, self.switchers = [], []  # (number, kind); numbers
        self.switched, self.switch_result = self.pick(self.types), self.pick(self.results)
        self.throws_in = (self.has("exceptions") or self.has("legacy")) and self.chance(3)

    def list_of(self, word, types):
        return f"({word} {' '.join(self.wasm(t) for t in types)})" if types else ""

    def stack_types(self):
        out = []
        for q, (params, _, gets, result) in enumerate(self.kinds):
            for name, types in (("p", params), ("q", params[1:]), ("b", gets)):
                out.append(f"(type ${name}f{q} (func {self.list_of('param', types)} "
                           f"{self.list_of('result', [result])})) (type ${name}c{q} (cont ${name}f{q}))")
        out.append(f"(rec (type $sf (func (param {self.wasm(self.switched)} (ref null $sc)) "
                   f"(result {self.wasm(self.switch_result)}))) (type $sc (cont $sf)))")
        return out

    def stack_items(self):
        out = [f"(tag $y{q} {self.list_of('param', gives)} {self.list_of('result', gets)}) "
               f"(global $gk{q} (mut (ref null $bc{q})) (ref.null $bc{q}))"
               for q, (_, gives, gets, _) in enumerate(self.kinds)]
        names = [f"$co{i}" for i, _ in self.coroutines] + [f"$sw{i}" for i in self.switchers]
        out.append(f"(tag $sw (result {self.wasm(self.switch_result)}))")
        return out + [f"(elem declare func {' '.join(names)})"]

    # ---- the coroutines ----

    def suspend(self, q, e):
        """Leaves what the coroutine gets on the stack."""
        return f"(suspend $y{q} {' '.join(e(t) for t in self.kinds[q][1])})"

    def suspend_and_keep(self, q, e):
        sets = " ".join(f"(local.set {self.local(t)})" if self.local(t) else "(drop)"
                        for t in reversed(self.kinds[q][2]))
        return f"{self.suspend(q, e)} {sets}"

    def coroutine(self, i):
        q = self.inside = self.r.randrange(len(self.kinds))
        params, _, _, result = self.kinds[q]
        self.result = result
        text = self.begin(params)
        e = lambda t: self.expr(t, 2)
        body = [self.statements(3, self.r.randint(1, 3)) for _ in range(self.r.randint(1, 4))]
        for k in range(len(body)):
            if not self.chance(3):
                body[k] += "\n" + self.suspend_and_keep(q, e)
        if self.chance(2):
            body.append(self.counted_loop(2))
        last = self.expr(result, 3)
        self.inside = None
        sig = "".join(f" (param $p{k} {self.wasm(t)})" for k, t in enumerate(params))
        self.coroutines.append((i, q))
        return "\n".join([f"(func $co{i} (type $pf{q}){sig} (result {self.wasm(result)})", *text,
                          *self.end(), *body, last + ")"])

    def switcher(self, i):
        v, w = self.switched, self.wasm(self.switched)
        self.result = None
        text = self.begin([v])
        e = lambda t: self.expr(t, 2)
        c = f"$c{self.counters}"
        self.counters += 1
        peer = (f"(local.set $peer (cont.new $sc (ref.func $sw{self.pick(self.switchers)})))" if self.switchers
                else f"(return {e(self.switch_result)})")
        if not self.chance(12):
            peer = f"(if (ref.is_null (local.get $peer)) (then {peer}))"
        self.loops += 1
        body = (f"(loop $l {self.statement(2)} {peer} (switch $sc $sw {e(v)} (local.get $peer)) "
                f"(local.set $peer) (local.set $p0) {self.statement(2)} (br_if $l (i32.lt_u (local.tee {c} "
                f"(i32.add (local.get {c}) (i32.const 1))) (i32.const {self.r.randint(1, 5)}))))")
        self.loops -= 1
        last = self.expr(self.switch_result, 3)
        self.switchers.append(i)
        return "\n".join([f"(func $sw{i} (type $sf) (param $p0 {w}) (param $peer (ref null $sc)) (result "
                          f"{self.wasm(self.switch_result)})", *text, *self.end(), body, last + ")"])

    # ---- who resumes them ----

    def begin_resume(self, q, e, on):
        """A new coroutine, or one that was left behind."""
        params, _, gets, result = self.kinds[q]
        found = [i for i, kind in self.coroutines if kind == q]
        kept = f"(global.get $gk{q})"
        if not found or self.chance(5):
            again = f"(resume $bc{q} {on} {' '.join(e(t) for t in gets)} {kept})"
            return again if self.chance(8) else (f"(if (result {self.wasm(result)}) (ref.is_null {kept}) (then "
                                                 f"{e(result)}) (else {again}))")
        new = f"(cont.new $pc{q} (ref.func $co{self.pick(found)}))"
        if self.chance(20):
            new = f"(select (result (ref null $pc{q})) {new} (ref.null $pc{q}) {e('i32')})"
        if self.chance(3):
            new = f"(cont.bind $pc{q} $qc{q} {e(params[0])} {new})"
            return f"(resume $qc{q} {on} {' '.join(e(t) for t in params[1:])} {new})"
        return f"(resume $pc{q} {on} {' '.join(e(t) for t in params)} {new})"

    def throw_into(self, q, e, k):
        """Instead of going on."""
        if self.has("exceptions") and self.chance(3):
            return f"(resume_throw_ref $bc{q} (local.get $x_exn) (local.get {k}))"
        tag, types = self.pick([("$e0", ["i32"]), ("$e1", ["i64", "f64"]), ("$e2", [])])
        return f"(resume_throw $bc{q} {tag} {' '.join(e(t) for t in types)} (local.get {k}))"

    def drive(self, q, e):
        """Resumes until there is a result, or enough."""
        _, gives, gets, result = self.kinds[q]
        if self.loops:
            return e(result)
        done, first, more = self.label(), self.label(), self.label()
        n, w = self.counters, self.wasm(result)
        c, k = f"$c{n}", f"$k{n}"
        self.counters += 1
        given = [(f"$k{n}_{j}", t) for j, t in enumerate(gives)]
        start = self.begin_resume(q, e, f"(on $y{q} {first})")
        self.carried += [(k, f"(ref null $bc{q})"), *((name, self.wasm(t)) for name, t in given)]
        self.locals += given
        self.loops += 1
        sets = " ".join(f"(local.set {name})" for name, _ in reversed(given))
        keep = f"(global.set $gk{q} (local.get {k}))" if not self.chance(3) else ""
        body = [f"(local.set {k}) {sets} {self.statement(2)}",
                f"(if (i32.lt_s (local.tee {c} (i32.sub (local.get {c}) (i32.const 1))) (i32.const 0)) "
                f"(then {keep} (br {done} {e(result)})))"]
        if self.throws_in:
            body.append(f"(if (i32.eqz (i32.and {e('i32')} (i32.const 3))) (then (br {done} "
                        f"{self.throw_into(q, e, k)})))")
        if self.chance(4):
            body.append(f"(local.set {k} (cont.bind $bc{q} $bc{q} (local.get {k})))")
        if self.chance(12):
            body.append(f"(drop (cont.bind $bc{q} $bc{q} (local.get {k})))")  # and so it is used up
        body.append(f"(resume $bc{q} (on $y{q} {more}) {' '.join(e(t) for t in gets)} (local.get {k}))")
        self.loops -= 1
        shape = f"{' '.join(self.wasm(t) for t in gives)} (ref $bc{q})"
        return (f"(block {done} (result {w}) (local.set {c} (i32.const {self.r.randint(0, 5)})) "
                f"(block {first} (result {shape}) (br {done} {start})) "
                f"(loop {more} (param {shape}) (result {w}) {' '.join(body)}))")

    def switch_in(self, e):
        if self.loops or not self.switchers:
            return e(self.switch_result)
        peer = "(ref.null $sc)"
        if self.chance(3):
            peer = f"(cont.new $sc (ref.func $sw{self.pick(self.switchers)}))"
        return (f"(resume $sc (on $sw switch) {e(self.switched)} {peer} "
                f"(cont.new $sc (ref.func $sw{self.pick(self.switchers)})))")

    def add_stacks(self):
        for q, (_, _, gets, result) in enumerate(self.kinds):
            self.add(result, lambda e, q=q: self.drive(q, e), 4)
            self.add_statement(lambda e, q=q: f"(drop {self.drive(q, e)})")
            wanted = lambda q: self.inside == q or self.inside is None and self.chance(40)
            if len(gets) == 1:
                self.add(gets[0], lambda e, q=q, t=gets[0]: self.suspend(q, e) if wanted(q) else e(t), 2)
            self.add_statement(lambda e, q=q: self.suspend_and_keep(q, e) if wanted(q) else "(nop)")
        self.add(self.switch_result, lambda e: self.switch_in(e), 2)
