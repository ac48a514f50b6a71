;; RUN: wattle wat2wasm %s -o %t/a.wasm
;; RUN: wattle wasm2wat %t/a.wasm -o %t/a.wat
;; RUN: wattle wat2wasm %t/a.wat -o %t/b.wasm
;; RUN: cmp %t/a.wasm %t/b.wasm
;; RUN: wattle wasm2wat --fold %t/b.wasm -o %t/b.wat
;; RUN: wattle wat2wasm %t/b.wat -o %t/c.wasm
;; RUN: cmp %t/a.wasm %t/c.wasm
(module $m
  (type $sig (func (param i32 i64) (result f64)))
  (type $pair (struct (field $x i32) (field (mut (ref null $pair)))))
  (import "env" "f" (func $f (type $sig)))
  (import "env" "mem" (memory 1 2))
  (table $t 2 funcref)
  (global $g (mut i32) (i32.const -1))
  (global i32 (i32.add (i32.const 1) (i32.const 2)))
  (export "main" (func $main))
  (export "g" (global $g))
  (tag $e (param i32))
  (func $main (type $sig) (param $a i32) (param i64) (result f64)
    (local $tmp i32) (local i32 i64)
    (local.set $tmp (i32.add (local.get $a) (i32.const 1)))
    (block $out
      (loop
        (br_if $out (i32.eqz (local.get $tmp)))
        (if (i32.lt_u (local.get $tmp) (i32.const 10))
          (then (br 1))
          (else (i32.store8 offset=4 (local.get $a) (local.get $tmp))))
        (br_table 0 1 $out (local.get $tmp))))
    (block $h (result i32)
      (try_table (catch $e $h) (throw $e (i32.const 1)))
      (unreachable))
    (drop)
    (drop (v128.const i32x4 1 2 3 4))
    (drop (f32.const nan:0x200000))
    (drop (call_indirect $t (type $sig) (local.get $a) (i64.const 5) (i32.const 0)))
    (f64.const 0.1))
  (func (export "empty"))
  (func $"odd name" (drop (struct.new $pair (i32.const 1) (ref.null $pair))))
  (elem (i32.const 0) $f $main)
  (elem declare func $main)
  (data (i32.const 16) "text \00\ff\"\n")
  (data $d "passive"))
