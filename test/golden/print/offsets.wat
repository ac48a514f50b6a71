;; RUN: wattle wat2wasm %s -o %t/out.wasm
;; RUN: wattle wasm2wat --offsets %t/out.wasm
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
;;|   (global (;1;) i32 (;@55;) (i32.add (;@51;) (i32.const 1) (;@53;) (i32.const 2)))
;;|   (export "main" (func $main))
;;|   (export "g" (global $g))
;;|   (export "empty" (func 2))
;;|   (elem (;0;) (i32.const 0) func $f $main)
;;|   (elem (;1;) declare func $main)
;;|   (func $main (;1;) (type $sig) (param $a i32) (param i64) (result f64)
;;|     (local $tmp i32) (local i32 i64)
;;|     (;@84;) local.get $a
;;|     (;@86;) i32.const 1
;;|     (;@88;) i32.add
;;|     (;@89;) local.set $tmp
;;|     (;@8b;) block $out
;;|       (;@8d;) loop ;; label = @2
;;|         (;@8f;) local.get $tmp
;;|         (;@91;) i32.eqz
;;|         (;@92;) br_if $out
;;|         (;@94;) local.get $tmp
;;|         (;@96;) i32.const 10
;;|         (;@98;) i32.lt_u
;;|         (;@99;) if ;; label = @3
;;|           (;@9b;) br 1 (;@2;)
;;|         (;@9d;) else
;;|           (;@9e;) local.get $a
;;|           (;@a0;) local.get $tmp
;;|           (;@a2;) i32.store8 offset=4
;;|         (;@a5;) end
;;|         (;@a6;) local.get $tmp
;;|         (;@a8;) br_table 0 (;@2;) $out $out
;;|       (;@ad;) end
;;|     (;@ae;) end
;;|     (;@af;) block $h (result i32)
;;|       (;@b1;) try_table (catch $e $h) ;; label = @2
;;|         (;@b7;) i32.const 1
;;|         (;@b9;) throw $e
;;|       (;@bb;) end
;;|       (;@bc;) unreachable
;;|     (;@bd;) end
;;|     (;@be;) drop
;;|     (;@bf;) v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004
;;|     (;@d1;) drop
;;|     (;@d2;) f32.const nan:0x200000
;;|     (;@d7;) drop
;;|     (;@d8;) local.get $a
;;|     (;@da;) i64.const 5
;;|     (;@dc;) i32.const 0
;;|     (;@de;) call_indirect (type $sig)
;;|     (;@e1;) drop
;;|     (;@e2;) f64.const 0.1
;;|   )
;;|   (func (;2;) (type 3))
;;|   (func $"odd name" (;3;) (type 3)
;;|     (;@f1;) i32.const 1
;;|     (;@f3;) ref.null $pair
;;|     (;@f5;) struct.new $pair
;;|     (;@f8;) drop
;;|   )
;;|   (data (;0;) (i32.const 16) "text \00\ff\"\n")
;;|   (data $d (;1;) "passive")
;;| )
