;; RUN: wattle wat2wasm %s -o %t/out.wasm
;; RUN: wattle wasm2wat %t/out.wasm
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
;; STDOUT
;;| (module $m
;;|   (type $sig (;0;) (func (param i32 i64) (result f64)))
;;|   (type $pair (;1;) (struct (field $x i32) (field (mut (ref null $pair)))))
;;|   (type (;2;) (func (param i32)))
;;|   (type (;3;) (func))
;;|   (import "env" "f" (func $f (;0;) (type $sig)))
;;|   (import "env" "mem" (memory (;0;) 1 2))
;;|   (table $t (;0;) 2 funcref)
;;|   (tag $e (;0;) (type 2) (param i32))
;;|   (global $g (;0;) (mut i32) (i32.const -1))
;;|   (global (;1;) i32 (i32.add (i32.const 1) (i32.const 2)))
;;|   (export "main" (func $main))
;;|   (export "g" (global $g))
;;|   (export "empty" (func 2))
;;|   (elem (;0;) (i32.const 0) func $f $main)
;;|   (elem (;1;) declare func $main)
;;|   (func $main (;1;) (type $sig) (param $a i32) (param i64) (result f64)
;;|     (local $tmp i32) (local i32 i64)
;;|     local.get $a
;;|     i32.const 1
;;|     i32.add
;;|     local.set $tmp
;;|     block $out
;;|       loop ;; label = @2
;;|         local.get $tmp
;;|         i32.eqz
;;|         br_if $out
;;|         local.get $tmp
;;|         i32.const 10
;;|         i32.lt_u
;;|         if ;; label = @3
;;|           br 1 (;@2;)
;;|         else
;;|           local.get $a
;;|           local.get $tmp
;;|           i32.store8 offset=4
;;|         end
;;|         local.get $tmp
;;|         br_table 0 (;@2;) $out $out
;;|       end
;;|     end
;;|     block $h (result i32)
;;|       try_table (catch $e $h) ;; label = @2
;;|         i32.const 1
;;|         throw $e
;;|       end
;;|       unreachable
;;|     end
;;|     drop
;;|     v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004
;;|     drop
;;|     f32.const nan:0x200000
;;|     drop
;;|     local.get $a
;;|     i64.const 5
;;|     i32.const 0
;;|     call_indirect (type $sig)
;;|     drop
;;|     f64.const 0.1
;;|   )
;;|   (func (;2;) (type 3))
;;|   (func $"odd name" (;3;) (type 3)
;;|     i32.const 1
;;|     ref.null $pair
;;|     struct.new $pair
;;|     drop
;;|   )
;;|   (data (;0;) (i32.const 16) "text \00\ff\"\n")
;;|   (data $d (;1;) "passive")
;;| )
