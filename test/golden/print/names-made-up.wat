;; RUN: wattle wat2wasm --no-debug-names %s -o %t/out.wasm
;; RUN: wattle wasm2wat --generate-names %t/out.wasm
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
;;| (module
;;|   (type $type0 (;0;) (func (param i32 i64) (result f64)))
;;|   (type $type1 (;1;) (struct (field i32) (field (mut (ref null $type1)))))
;;|   (type $type2 (;2;) (func (param i32)))
;;|   (type $type3 (;3;) (func))
;;|   (import "env" "f" (func $func0 (;0;) (type $type0)))
;;|   (import "env" "mem" (memory $memory0 (;0;) 1 2))
;;|   (table $table0 (;0;) 2 funcref)
;;|   (tag $tag0 (;0;) (type $type2) (param i32))
;;|   (global $global0 (;0;) (mut i32) (i32.const -1))
;;|   (global $global1 (;1;) i32 (i32.add (i32.const 1) (i32.const 2)))
;;|   (export "main" (func $func1))
;;|   (export "g" (global $global0))
;;|   (export "empty" (func $func2))
;;|   (elem $elem0 (;0;) (i32.const 0) func $func0 $func1)
;;|   (elem $elem1 (;1;) declare func $func1)
;;|   (func $func1 (;1;) (type $type0) (param $local0 i32) (param $local1 i64) (result f64)
;;|     (local $local2 i32) (local $local3 i32) (local $local4 i64)
;;|     local.get $local0
;;|     i32.const 1
;;|     i32.add
;;|     local.set $local2
;;|     block ;; label = @1
;;|       loop ;; label = @2
;;|         local.get $local2
;;|         i32.eqz
;;|         br_if 1 (;@1;)
;;|         local.get $local2
;;|         i32.const 10
;;|         i32.lt_u
;;|         if ;; label = @3
;;|           br 1 (;@2;)
;;|         else
;;|           local.get $local0
;;|           local.get $local2
;;|           i32.store8 offset=4
;;|         end
;;|         local.get $local2
;;|         br_table 0 (;@2;) 1 (;@1;) 1 (;@1;)
;;|       end
;;|     end
;;|     block (result i32) ;; label = @1
;;|       try_table (catch $tag0 0 (;@1;)) ;; label = @2
;;|         i32.const 1
;;|         throw $tag0
;;|       end
;;|       unreachable
;;|     end
;;|     drop
;;|     v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004
;;|     drop
;;|     f32.const nan:0x200000
;;|     drop
;;|     local.get $local0
;;|     i64.const 5
;;|     i32.const 0
;;|     call_indirect (type $type0)
;;|     drop
;;|     f64.const 0.1
;;|   )
;;|   (func $func2 (;2;) (type $type3))
;;|   (func $func3 (;3;) (type $type3)
;;|     i32.const 1
;;|     ref.null $type1
;;|     struct.new $type1
;;|     drop
;;|   )
;;|   (data $data0 (;0;) (i32.const 16) "text \00\ff\"\n")
;;|   (data $data1 (;1;) "passive")
;;| )
