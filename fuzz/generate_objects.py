"""Instructions on references for generate.py: objects, tables, function references, exceptions."""

# Types of objects: how they are declared, and what their fields hold ("s8", "s16": packed).
TYPES = """(rec
  (type $S0 (sub (struct (field (mut i32)) (field (mut i64)))))
  (type $S1 (sub $S0 (struct (field (mut i32)) (field (mut i64)) (field (mut (ref null $AR))) (field f64))))
  (type $S2 (sub final $S1 (struct (field (mut i32)) (field (mut i64)) (field (mut (ref null $AR))) (field f64)
    (field (mut v128)) (field (mut i8)) (field (mut i16)) (field (mut anyref)))))
  (type $AR (array (mut (ref null $S0)))))
(type $A8 (array (mut i8)))
(type $A16 (array (mut i16)))
(type $A32 (array (mut i32)))
(type $A64 (array (mut i64)))
(type $AD (array (mut f64)))
(type $AV (array (mut v128)))
(type $AF (array (mut funcref)))
(type $AC (array i16))"""
FIELDS = {"S0": ["i32", "i64"], "S1": ["i32", "i64", "AR", "f64"],
          "S2": ["i32", "i64", "AR", "f64", "vi", "s8", "s16", "any"]}
CONSTANT_FIELDS = {("S1", 3), ("S2", 3)}
ARRAYS = {"A8": "s8", "A16": "s16", "A32": "i32", "A64": "i64", "AD": "f64", "AV": "vi", "AR": "S0",
          "AF": "func", "AC": "s16"}
SIZES = {"A8": 1, "A16": 2, "A32": 4, "A64": 8, "AV": 16, "AC": 2}
BELOW = {"any": ["eq", "i31", "S0", "S1", "S2", "A8", "A64", "AR", "AV"],
         "eq": ["i31", "S0", "S1", "S2", "A16", "A32", "AF"], "S0": ["S1", "S2"], "S1": ["S2"]}
ABSTRACT = {"any": "any", "eq": "eq", "i31": "i31", "func": "func", "extern": "extern"}
OBJECTS = ["any", "eq", "i31", "S0", "S1", "S2", *ARRAYS, "extern"]
TAGS = {"$e0": ["i32"], "$e1": ["i64", "f64"], "$e2": []}


def value(t):
    """What is on the stack for a field."""
    return "i32" if t in ("s8", "s16") else t


def heap(t):
    return ABSTRACT.get(t, "$" + t)


class Objects:
    """A part of Program."""

    # ---- objects ----

    def new_object(self, t, e):
        """An expression of a type that is not null, most of the time."""
        r = self.r
        if t == "i31":
            return f"(ref.i31 {e('i32')})"
        if t in FIELDS:
            if self.chance(4):
                return f"(struct.new_default ${t})"
            return f"(struct.new ${t} {' '.join(e(value(f)) for f in FIELDS[t])})"
        if t in ARRAYS:
            of = value(ARRAYS[t])
            kind = r.randrange(6)
            if kind == 0:
                return f"(array.new_default ${t} (i32.or (i32.const {self.pick([0, 4, 5])}) (i32.and {e('i32')} (i32.const 15))))"
            if kind == 1:
                n = r.randrange(7)
                return f"(array.new_fixed ${t} {n} {' '.join(e(of) for _ in range(n))})"
            if kind == 2 and t in SIZES:
                return f"(array.new_data ${t} $bytes {self.span(e, 64 // SIZES[t])})"
            if kind == 2 and t == "AF":
                return f"(array.new_elem $AF $funcs {self.span(e, 4)})"
            return f"(array.new ${t} {e(of)} (i32.const {r.randrange(20) if self.chance(4) else r.randrange(4, 20)}))"
        if t == "extern":
            return f"(extern.convert_any {e('any')})"
        if t == "any" and self.chance(4):
            return f"(any.convert_extern {e('extern')})"
        return self.new_object(self.pick(BELOW[t]), e)

    def span(self, e, n):
        """An offset and a length that fit most of the time."""
        if self.chance(8):
            return f"{e('i32')} (i32.const {self.pick([0, 1, n, n + 1])})"
        return f"(i32.const {self.r.randrange(n // 2 + 1)}) (i32.const {self.r.randrange(n // 2 + 1)})"

    def index(self, e):
        return self.pick([f"(i32.const {self.r.randrange(3)})", f"(i32.and {e('i32')} (i32.const 3))",
                          f"(i32.and {e('i32')} (i32.const {self.pick([1, 3, 15])}))"])

    def some(self, t, e):
        """A reference that is seldom null."""
        return self.new_object(t, e) if self.chance(2) else f"(call $some_{t} {e(t)})"

    def reach(self, t, e):
        """Down to a type, by a cast that may fail."""
        above = [a for a, b in BELOW.items() if t in b]
        if not above:
            return self.new_object(t, e)
        a = self.pick(above)
        kind = self.r.randrange(4)
        if kind == 0:
            return f"(ref.cast (ref null {heap(t)}) {e(a)})"
        name = self.label()
        result, source = f"(ref null {heap(t)})", f"(ref null {heap(a)})"
        if kind == 1:
            return (f"(block {name} (result {result}) (br_on_cast {name} {source} {result} {e(a)}) (drop) "
                    f"{e(t)})")
        if kind == 2:
            out = self.label()
            return (f"(block {out} (result {result}) (block {name} (result {source}) "
                    f"(br {out} (br_on_cast_fail {name} {source} {result} {e(a)}))) (drop) {e(t)})")
        return (f"(if (result {result}) (ref.test {result} {e(a)}) (then {e(t)}) (else {e(t)}))")

    def add_objects(self):
        for t in OBJECTS:
            self.add(t, lambda e, t=t: self.new_object(t, e))
            self.add(t, lambda e, t=t: self.reach(t, e))
            for below in BELOW.get(t, []):
                self.add(t, lambda e, b=below: e(b))
        for t, fields in FIELDS.items():
            for k, of in enumerate(fields):
                sign = "_" + self.pick("su") if of in ("s8", "s16") else ""
                self.add(value(of), lambda e, t=t, k=k, s=sign: f"(struct.get{s} ${t} {k} {self.some(t, e)})")
                if (t, k) not in CONSTANT_FIELDS:
                    self.add_statement(lambda e, t=t, k=k, of=of:
                                       f"(struct.set ${t} {k} {self.some(t, e)} {e(value(of))})")
        for t, of in ARRAYS.items():
            sign = "_" + self.pick("su") if of in ("s8", "s16") else ""
            self.add(value(of), lambda e, t=t, s=sign: f"(array.get{s} ${t} {self.some(t, e)} {self.index(e)})")
            if t != "AC":
                self.add_statement(lambda e, t=t, of=of: self.change_array(t, value(of), e))
        self.add("i32", lambda e: f"(array.len {e(self.pick(list(ARRAYS)))})")
        self.add("i32", lambda e: self.ask(e))
        self.add("i32", lambda e: f"(i31.get_{self.pick('su')} {self.some('i31', e)})")
        self.add("any", lambda e: f"(any.convert_extern {e('extern')})")

    def ask(self, e):
        kind = self.r.randrange(4)
        if kind == 0:
            return f"(ref.is_null {e(self.pick(OBJECTS))})"
        if kind == 1:
            names = ["eq", "i31", "S0", "S1", "A8"]
            return f"(ref.eq {e(self.pick(names))} {e(self.pick(names))})"
        a = self.pick(["any", "eq", "S0", "S1"])
        null = self.pick(["", "null "])
        return f"(ref.test (ref {null}{heap(self.pick(BELOW[a]))}) {e(a)})"

    def change_array(self, t, of, e):
        kind = self.r.randrange(8)
        a = self.some(t, e)
        short = f"(i32.const {self.r.randrange(4)})"
        if kind == 0:
            return f"(array.fill ${t} {a} {self.index(e)} {e(of)} {short})"
        if kind < 3:
            from_type = t if t != "A16" or self.chance(2) else "AC"
            return (f"(array.copy ${t} ${from_type} {a} {self.index(e)} {self.some(from_type, e)} "
                    f"{self.index(e)} {short})")
        if kind == 3 and t in SIZES:
            return f"(array.init_data ${t} $bytes {a} {self.index(e)} (i32.const {self.r.randrange(20)}) {short})"
        if kind == 3 and t == "AF":
            return f"(array.init_elem $AF $funcs {a} {self.index(e)} (i32.const {self.r.randrange(4)}) {short})"
        return f"(array.set ${t} {a} {self.index(e)} {e(of)})"

    def object_helpers(self):
        """A fallback for null, so that not every other access traps."""
        out = []
        for t in OBJECTS:
            ref = f"(ref null {heap(t)})"
            new = ("(ref.i31 (i32.const 5))" if t in ("any", "eq", "i31") else
                   "(extern.convert_any (ref.i31 (i32.const 6)))" if t == "extern" else
                   f"(array.new_default ${t} (i32.const 5))" if t in ARRAYS else f"(struct.new_default ${t})")
            out.append(f"(func $some_{t} (param {ref}) (result (ref {heap(t)})) "
                       "(global.set $odd (i32.add (global.get $odd) (i32.const 1))) "
                       "(if (i32.eq (i32.and (global.get $odd) (i32.const 31)) (i32.const 31)) "
                       "(then (return (ref.as_non_null (local.get 0))))) "
                       f"(block $null (return (br_on_null $null (local.get 0)))) {new})")
        return out

    # ---- what a value is, as a number ----

    def digest(self, t, text):
        """An i64 that follows from a value, whatever its type."""
        if t == "i64":
            return text
        if t == "i32":
            return f"(i64.extend_i32_u {text})"
        if t in ("f32", "f64"):
            bits = "i" + t[1:]
            return self.digest(bits, f"({bits}.reinterpret_{t} (call $number_{t} {text}))")
        if t in ("vf", "vd"):
            text = f"(call $lanes_{'f32x4' if t == 'vf' else 'f64x2'} {text})"
        if t in ("vi", "vf", "vd"):
            return f"(call $digest_vi {text})"
        if t in ("func", "extern"):
            return f"(i64.extend_i32_u (ref.is_null {text}))"
        return f"(call $digest_{t} {text})"

    def digest_helpers(self):
        out = ["(func $digest_vi (param v128) (result i64) (i64.sub (i64x2.extract_lane 0 (local.get 0)) "
               "(i64.mul (i64x2.extract_lane 1 (local.get 0)) (i64.const 31))))"]
        if not self.has("gc"):
            return out
        head = "(func $digest_{0} (param (ref null {1})) (result i64) "
        out.append(head.format("i31", "i31") + "(block $n (return (i64.extend_i32_s (i31.get_s (br_on_null $n "
                   "(local.get 0)))))) (i64.const -1))")
        out.append(head.format("S0", "$S0") + "(block $n (drop (br_on_null $n (local.get 0))) (return (i64.add "
                   "(struct.get $S0 1 (local.get 0)) (i64.extend_i32_s (struct.get $S0 0 (local.get 0)))))) "
                   "(i64.const -2))")
        for t in ("S1", "S2"):
            more = [self.digest(value(f), f"(struct.get{'_u' if f in ('s8', 's16') else ''} ${t} {k} (local.get 0))")
                    for k, f in enumerate(FIELDS[t]) if f not in ("any", "AR")]
            text = more[0]
            for x in more[1:]:
                text = f"(i64.add (i64.mul {text} (i64.const 31)) {x})"
            out.append(head.format(t, "$" + t) + f"(block $n (drop (br_on_null $n (local.get 0))) (return {text})) "
                       "(i64.const -3))")
        for t, of in ARRAYS.items():
            sign = "_s" if of in ("s8", "s16") else ""
            item = self.digest(value(of), f"(array.get{sign} ${t} (local.get 0) (local.get $i))")
            out.append(head.format(t, "$" + t) + "(local $i i32) (local $h i64) (block $n (drop (br_on_null $n "
                       "(local.get 0))) (loop $l (if (i32.lt_u (local.get $i) (array.len (local.get 0))) (then "
                       f"(local.set $h (i64.add (i64.mul (local.get $h) (i64.const 31)) {item})) (local.set $i "
                       "(i32.add (local.get $i) (i32.const 1))) (br $l)))) (return (i64.add (local.get $h) "
                       "(i64.extend_i32_u (local.get $i))))) (i64.const -4))")
        known = ["i31", "S2", "S1", "S0", *(a for a in ARRAYS if a != "AC"), "AC"]
        text = "(i64.const -5)"
        for t in reversed(known):
            text = (f"(if (result i64) (ref.test (ref {heap(t)}) (local.get 0)) (then (call $digest_{t} "
                    f"(ref.cast (ref null {heap(t)}) (local.get 0)))) (else {text}))")
        for t in ("any", "eq"):
            out.append(head.format(t, t) + text + ")")
        return out

    # ---- functions as values ----

    def add_calls(self):
        for t in self.types:
            self.add(t, lambda e, t=t: self.call_ref(t, e))
        self.add_statement(lambda e: self.tail_call(e))
        self.add_statement(lambda e: self.tail_loop(e))

    def callee(self, t):
        found = [i for i, (_, result) in enumerate(self.funcs) if result == t]
        return self.pick(found) if found and self.loops == 0 else None

    def call_ref(self, t, e):
        i = self.callee(t)
        if i is None:
            return e(t)
        args = " ".join(e(p) for p in self.funcs[i][0])
        if self.chance(2):
            return f"(call_indirect $funcs (type $t{i}) {args} ({self.table_type}.const {i}))"
        null = f"(select (result (ref null $t{i})) (ref.func $f{i}) (ref.null $t{i}) {e('i32')})"
        f = null if self.chance(6) else f"(ref.func $f{i})"
        return f"(call_ref $t{i} {args} {f})"

    def tail_call(self, e):
        """A call in the place of this function, to one with the same result."""
        i = self.callee(self.result)
        if i is None:
            return "(nop)"
        args = " ".join(e(p) for p in self.funcs[i][0])
        call = self.pick([f"(return_call $f{i} {args})",
                          f"(return_call_ref $t{i} {args} (ref.func $f{i}))",
                          f"(return_call_indirect $funcs (type $t{i}) {args} ({self.table_type}.const {i}))"])
        return f"(if {e('i32')} (then {call}))"

    def tail_loop(self, e):
        """This function again, as long as there is a budget."""
        if self.loops or self.result is None or self.inside is not None:
            return "(nop)"
        args = " ".join(e(p) for p in self.params)
        i = len(self.funcs)
        call = self.pick([f"(return_call $f{i} {args})",
                          f"(return_call_indirect $funcs (type $t{i}) {args} ({self.table_type}.const {i}))"])
        return ("(if (i32.gt_s (global.get $budget) (i32.const 0)) (then (global.set $budget "
                f"(i32.sub (global.get $budget) (i32.const 1))) {call}))")

    # ---- tables ----

    def table_index(self, mask, e):
        index = f"(i32.and {e('i32')} (i32.const {mask}))"
        return f"(i64.extend_i32_u {index})" if self.table_type == "i64" else index

    def add_tables(self):
        x = self.table_type
        number = lambda e: f"({x}.const {self.r.randrange(6)})"
        wrong = lambda e: f"(call $second (call_indirect $funcs (type $nobody) {self.table_index(7, e)}))"
        self.add("i32", lambda e: wrong(e) if self.chance(3) else e("i32"))
        back = "i32.wrap_i64 " if x == "i64" else "i32.or (i32.const 0) "
        self.add("i32", lambda e: f"({back}(table.size $spare))")
        self.add("i32", lambda e: f"({back}(table.grow $spare (ref.null func) {number(e)}))")
        self.add("i32", lambda e: f"(ref.is_null (table.get $spare {self.table_index(self.pick([7, 15]), e)}))")
        for make in (
                lambda e: f"(table.set $spare {self.table_index(7, e)} {e('func')})",
                lambda e: f"(table.fill $spare {self.table_index(7, e)} {e('func')} {number(e)})",
                lambda e: (f"(table.copy $spare $spare {self.table_index(7, e)} {self.table_index(7, e)} "
                           f"{number(e)})"),
                lambda e: f"(table.copy $spare $funcs {self.table_index(7, e)} {number(e)} {number(e)})",
                lambda e: (f"(table.init $spare $funcs {self.table_index(7, e)} (i32.const "
                           f"{self.r.randrange(5)}) (i32.const {self.r.randrange(5)}))"),
                lambda e: "(elem.drop $funcs)" if self.chance(4) else "(nop)"):
            self.add_statement(make)
        self.add("func", lambda e: self.pick(["(ref.null func)", f"(table.get $spare {self.table_index(7, e)})",
                                              "(ref.func $odd_one)"]))
        if self.has("gc"):
            self.add("any", lambda e: f"(table.get $objects (i32.and {e('i32')} (i32.const 7)))")
            self.add_statement(lambda e: f"(table.set $objects (i32.and {e('i32')} (i32.const 7)) {e('any')})")

    # ---- exceptions ----

    def throw(self, e):
        tag = self.pick(list(TAGS))
        return f"(throw {tag} {' '.join(e(t) for t in TAGS[tag])})"

    def add_exceptions(self):
        for t in self.types:
            make = self.try_table if self.has("exceptions") else self.try_legacy
            self.add(t, lambda e, t=t, f=make: f(t, e), 2)
            self.add(t, lambda e, t=t: f"(if (result {self.wasm(t)}) (i32.and {e('i32')} (i32.const 3)) "
                                       f"(then {e(t)}) (else {self.throw(e)}))")
        self.add_statement(lambda e: f"(if {e('i32')} (then {self.throw(e)}))" if self.chance(3) else "(nop)")

    def guarded(self, t, e):
        text = e(t)
        if self.chance(2):
            text = f"(if (result {self.wasm(t)}) {e('i32')} (then {text}) (else {self.throw(e)}))"
        return text

    def try_table(self, t, e):
        """One or two clauses; what was caught goes into the result, or is thrown again."""
        out, label, w = self.label(), self.label(), self.wasm(t)
        kind = self.r.randrange(5)
        tag = self.pick(list(TAGS))
        results = " ".join(self.wasm(x) for x in TAGS[tag])
        sets = " ".join(f"(local.set $x_{x})" for x in reversed(TAGS[tag]))
        body = self.guarded(t, e)
        if kind < 2:
            more = self.pick(["", f" (catch {tag} {label})"])
            return (f"(block {out} (result {w}) (block {label} (result {results}) (br {out} (try_table "
                    f"(result {w}) (catch {tag} {label}){more} {body}))) {sets} {e(t)})")
        if kind == 2:
            return (f"(block {out} (result {w}) (block {label} (br {out} (try_table (result {w}) "
                    f"(catch_all {label}) {body}))) {e(t)})")
        again = f"(if {e('i32')} (then (throw_ref (local.get $x_exn))))" if self.chance(2) else ""
        clause = f"catch_ref {tag} {label}" if kind == 3 else f"catch_all_ref {label}"
        if kind == 4:
            results = sets = ""
        return (f"(block {out} (result {w}) (block {label} (result {results} (ref exn)) (br {out} (try_table "
                f"(result {w}) ({clause}) {body}))) (local.set $x_exn) {sets} {again} {e(t)})")

    def try_legacy(self, t, e):
        w = self.wasm(t)
        body = self.guarded(t, e)
        kind = self.r.randrange(4)
        if kind == 0:
            label = self.label()
            return (f"(try {label} (result {w}) (do (try (result {w}) (do {body}) (delegate {label}))) "
                    f"(catch_all {e(t)}))")
        clauses = ""
        for tag in self.r.sample(list(TAGS), self.r.randint(1, 2)):
            sets = " ".join(f"(local.set $x_{x})" for x in reversed(TAGS[tag]))
            again = f"(if {e('i32')} (then (rethrow 1)))" if self.chance(3) else ""
            clauses += f" (catch {tag} {sets} {again} {e(t)})"
        if kind == 1:
            clauses += f" (catch_all {e(t)})"
        return f"(try (result {w}) (do {body}){clauses})"

    def exception_locals(self):
        out = [f"(local $x_{t} {t})" for t in ("i32", "i64", "f64")]
        return out + (["(local $x_exn exnref)"] if self.has("exceptions") else [])
