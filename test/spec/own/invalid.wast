;; features: 3.0
;; Modules that are well-formed and not valid: one rule each, and beside some of them the nearest
;; module that is valid.

;; indices that nothing has
(assert_invalid (module (func (type 7))) "unknown type")
(assert_invalid (module (func (call 1))) "unknown function")
(assert_invalid (module (start 0)) "unknown function")
(assert_invalid (module (export "f" (func 0))) "unknown function")
(assert_invalid (module (func (drop (ref.func 3)))) "unknown function")
(assert_invalid (module (func (drop (table.size 0)))) "unknown table")
(assert_invalid (module (elem (i32.const 0) func)) "unknown table")
(assert_invalid (module (func (drop (memory.size)))) "unknown memory")
(assert_invalid (module (data (i32.const 0) "")) "unknown memory")
(assert_invalid (module (func (drop (global.get 0)))) "unknown global")
(assert_invalid (module (func (throw 0))) "unknown tag")
(assert_invalid (module (func (drop (local.get 0)))) "unknown local")
(assert_invalid (module (func (param i32) (local i32) (local.set 2 (i32.const 0)))) "unknown local")
(assert_invalid (module (func (br 1))) "unknown label")
(assert_invalid (module (func (block (br_table 0 1 2 (i32.const 0))))) "unknown label")
(assert_invalid (module (table 1 funcref) (func (elem.drop 0))) "unknown elem segment")
(assert_invalid (module (memory 1) (func (data.drop 0))) "unknown data segment")
(assert_invalid (module (type (struct)) (func (param (ref 0)) (drop (struct.get 0 0 (local.get 0)))))
  "unknown field")

;; the stack
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_invalid (module (func (i32.const 0))) "type mismatch")
(assert_invalid (module (func (drop))) "type mismatch")
(assert_invalid (module (func (result i32) (i64.const 0))) "type mismatch")
(assert_invalid (module (func (block (result i32)) (drop))) "type mismatch")
(assert_invalid (module (func (i32.const 0) (block (drop)))) "type mismatch")
(assert_invalid (module (func (if (i64.const 0) (then)))) "type mismatch")
(assert_invalid (module (func (result i32) (if (result i32) (i32.const 0) (then (i32.const 1)))))
  "type mismatch")
(assert_invalid
  (module (func (result i32)
    (if (result i32) (i32.const 0) (then (i32.const 1)) (else (i64.const 1)))))
  "type mismatch")
(assert_invalid (module (func (loop (result i32)) (drop))) "type mismatch")
(assert_invalid (module (func (block (result i32) (br 0)) (drop))) "type mismatch")
(assert_invalid (module (func (br_if 0 (i64.const 0)))) "type mismatch")
(assert_invalid
  (module (func (block (block (result i32) (br_table 0 1 (i32.const 0) (i32.const 0))) (drop))))
  "type mismatch")
(assert_invalid (module (func (result i32) (return))) "type mismatch")
(assert_invalid (module (func $f (param i32)) (func (call $f))) "type mismatch")
(assert_invalid (module (func (param i32) (local.set 0 (i64.const 0)))) "type mismatch")
(assert_invalid (module (func (select (i32.const 0) (i64.const 0) (i32.const 0)) (drop)))
  "type mismatch")
(assert_invalid
  (module (func (param externref)
    (drop (select (local.get 0) (local.get 0) (i32.const 0)))))
  "type mismatch")
(assert_invalid (module (func (unreachable) (i64.const 0) (i32.eqz) (drop))) "type mismatch")
(assert_invalid (module (func (br 0) (i32.add (i64.const 0)) (drop))) "type mismatch")
(module (func (unreachable) (i32.add) (drop)))
(module (func (result i32) (unreachable)))
(module (func (br 0) (select) (drop)))

;; memories and tables
(assert_invalid (module (memory 2 1)) "size minimum must not be greater than maximum")
(assert_invalid (module (table 2 1 funcref)) "size minimum must not be greater than maximum")
(assert_invalid (module (memory 65537)) "memory size must be at most 65536 pages (4GiB)")
(assert_invalid (module (memory 0 65537)) "memory size must be at most 65536 pages (4GiB)")
(assert_invalid (module (memory 1) (func (drop (i32.load align=8 (i32.const 0)))))
  "alignment must not be larger than natural")
(assert_invalid (module (memory 1) (func (drop (i32.load offset=4294967296 (i32.const 0)))))
  "offset out of range")
(assert_invalid (module (memory i64 1) (func (drop (i32.load (i32.const 0))))) "type mismatch")
(assert_invalid (module (table 1 externref) (func (call_indirect (i32.const 0)))) "type mismatch")
(assert_invalid (module (table 1 (ref func))) "type mismatch")
(assert_invalid (module (table 1 funcref) (elem (i32.const 0) externref)) "type mismatch")
(assert_invalid
  (module (table $a 1 funcref) (table $b 1 externref)
    (func (table.copy $a $b (i32.const 0) (i32.const 0) (i32.const 0))))
  "type mismatch")
(module (memory i64 1) (func (drop (i32.load offset=4294967296 (i64.const 0)))))
(module (memory 65536 65536))

;; constant expressions, globals, exports, start
(assert_invalid (module (global i32 (i32.eqz (i32.const 0)))) "constant expression required")
(assert_invalid (module (global (mut i32) (i32.const 0)) (global i32 (global.get 0)))
  "constant expression required")
(assert_invalid (module (global i32 (i64.const 0))) "type mismatch")
(assert_invalid (module (global i32)) "type mismatch")
(assert_invalid (module (global i32 (i32.const 0) (i32.const 0))) "type mismatch")
(assert_invalid (module (global i32 (global.get 0))) "unknown global")
(assert_invalid (module (memory 1) (data (i64.const 0) "")) "type mismatch")
(assert_invalid (module (global i32 (i32.const 0)) (func (global.set 0 (i32.const 0))))
  "immutable global")
(assert_invalid (module (func (export "a")) (func (export "a"))) "duplicate export name")
(assert_invalid (module (func (export "a")) (memory (export "a") 1)) "duplicate export name")
(assert_invalid (module (func $f (param i32)) (start $f)) "start function")
(assert_invalid (module (func $f) (func (drop (ref.func $f)))) "undeclared function reference")
(assert_invalid (module (tag (result i32))) "non-empty tag result type")
(module (global i32 (i32.const 3)) (global i32 (i32.add (global.get 0) (i32.const 1))))
(module (func $f) (elem declare func $f) (func (drop (ref.func $f))))

;; locals, references, subtypes
(assert_invalid (module (func (local (ref func)) (drop (local.get 0)))) "uninitialized local")
(assert_invalid
  (module (func (param (ref func)) (local (ref func))
    (block (local.set 1 (local.get 0))) (drop (local.get 1))))
  "uninitialized local")
(module (func (param (ref func)) (local (ref func))
  (local.set 1 (local.get 0)) (drop (local.get 1))))
(assert_invalid (module (func (param (ref null func)) (result (ref func)) (local.get 0)))
  "type mismatch")
(assert_invalid (module (func (param anyref) (result eqref) (local.get 0))) "type mismatch")
(assert_invalid (module (func (param funcref) (result anyref) (local.get 0))) "type mismatch")
(assert_invalid (module (func (select (result) (i32.const 0)))) "invalid result arity")
(assert_invalid (module (type $a (struct)) (type $b (sub $a (struct)))) "sub type")
(assert_invalid (module (type $a (sub (struct (field i32)))) (type $b (sub $a (struct)))) "sub type")
(assert_invalid
  (module (type $a (sub (struct (field (mut eqref))))) (type $b (sub $a (struct (field (mut i31ref))))))
  "sub type")
(assert_invalid (module (type $a (sub (func (result i32)))) (type $b (sub $a (func)))) "sub type")
(assert_invalid (module (type $a (func (param (ref $b)))) (type $b (func))) "unknown type")
(module (rec (type $a (func (param (ref $b)))) (type $b (func))))
(module (type $a (sub (struct (field eqref))))
  (type $b (sub final $a (struct (field i31ref) (field i32)))))

;; aggregates
(assert_invalid
  (module (type $s (struct (field i32)))
    (func (param (ref $s)) (struct.set $s 0 (local.get 0) (i32.const 0))))
  "immutable field")
(assert_invalid
  (module (type $a (array i32))
    (func (param (ref $a)) (array.set $a (local.get 0) (i32.const 0) (i32.const 0))))
  "immutable array")
(assert_invalid
  (module (type $a (array (mut i32))) (type $b (array (mut i64)))
    (func (param (ref $a) (ref $b))
      (array.copy $a $b (local.get 0) (i32.const 0) (local.get 1) (i32.const 0) (i32.const 0))))
  "array types do not match")
(assert_invalid
  (module (type $a (array anyref)) (data $d "")
    (func (drop (array.new_data $a $d (i32.const 0) (i32.const 0)))))
  "array type is not numeric or vector")
(assert_invalid
  (module (type $s (struct (field i8))) (func (param (ref $s)) (drop (struct.get $s 0 (local.get 0)))))
  "type mismatch")
(assert_invalid
  (module (type $s (struct (field (ref func)))) (func (drop (struct.new_default $s))))
  "type mismatch")
(assert_invalid
  (module (type $f (func)) (func (param (ref $f)) (drop (struct.new $f))))
  "type mismatch")

;; vectors
(assert_invalid (module (func (param v128) (drop (i8x16.extract_lane_s 16 (local.get 0)))))
  "invalid lane index")
(assert_invalid
  (module (func (param v128) (drop
    (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 32 (local.get 0) (local.get 0)))))
  "invalid lane index")

;; exceptions
(assert_invalid (module (tag $e (param i32)) (func (throw $e))) "type mismatch")
(assert_invalid (module (tag $e (param i32)) (func (block $l (try_table (catch $e $l)))))
  "type mismatch")
(assert_invalid (module (func (param i32) (throw_ref (local.get 0)))) "type mismatch")
(assert_invalid (module (func (try_table (catch_all_ref 0)))) "type mismatch")
