;; RUN: wattle run --trace=instructions %s; test $? = 3
;; RUN: wattle run --trace=instructions --trace-limit 2 %s; test $? = 3
;; RUN: wattle run --trace=instructions --trace-limit x %s; test $? = 2
;; RUN: wattle run --trace=instructions --invoke trap %s; test $? = 134
;; Each instruction that costs something, before it is run, with the operands whose types it says.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory 1)
  (memory $far i64 1)
  (global $g (mut f64) (f64.const 0.5))
  (table $t 2 funcref)
  (elem (table $t) (i32.const 0) func $fib)
  (type $f (func (param i32) (result i32)))
  (type $many (func (param i32 i64 f32 f64 i32 i32 i32 i32 i32 i32)))
  (tag $tag (param i64 f32))
  (func $fib (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else (i32.add (call $fib (i32.sub (local.get $n) (i32.const 1)))
        (call $fib (i32.sub (local.get $n) (i32.const 2)))))))
  (func $"a \"name\"\n" (type $many) (return))
  (func (param externref)
    (drop (table.get $t (i32.const 1)))
    (table.set $t (i32.const 1) (ref.func $fib)))
  (func $throws (block $caught (result i64 f32)
      (try_table (catch $tag $caught) (throw $tag (i64.const -9) (f32.const 1e-9)))
      unreachable)
    drop drop)
  (func (export "_start") (local $i i32) (local $l i64) (local $v v128)
    (drop (call_indirect (type $f) (i32.const 2) (i32.const 0)))
    (global.set $g (f64.mul (global.get $g) (f64.const -3)))
    (loop $again
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 2))))
    (drop (local.tee $v (i32x4.splat (i32.const -1))))
    (i64.store offset=8 (i32.const 16) (i64.const -2))
    (memory.copy $far 0 (i64.const 1) (i32.const 16) (i32.const 20))
    (local.set $l (i64.load $far (i64.const 9)))
    (drop (select (i32.const 1) (i32.const 2) (i64.eqz (local.get $l))))
    (call $"a \"name\"\n" (i32.const 1) (i64.const 2) (f32.const 0.1) (f64.const nan)
      (i32.const 5) (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10))
    (call 3 (ref.null extern))
    (call $throws)
    (call $proc_exit (i32.const 3)))
  (func (export "trap") (drop (i32.div_u (i32.const 1) (global.get $zero))))
  (global $zero i32 (i32.const 0)))
;; STDERR
;;| _start+0x7: i32.const 2
;;| _start+0x9: i32.const 0
;;| _start+0xb: call_indirect (type 0 <f>) (2, 0)
;;| fib+0x1: local.get 0 (2)
;;| fib+0x3: i32.const 2
;;| fib+0x5: i32.lt_s (2, 2)
;;| fib+0x6: if (result i32) (0)
;;| fib+0xb: local.get 0 (2)
;;| fib+0xd: i32.const 1
;;| fib+0xf: i32.sub (2, 1)
;;| fib+0x10: call 1 <fib> (1)
;;| fib+0x1: local.get 0 (1)
;;| fib+0x3: i32.const 2
;;| fib+0x5: i32.lt_s (1, 2)
;;| fib+0x6: if (result i32) (1)
;;| fib+0x8: local.get 0 (1)
;;| fib+0x12: local.get 0 (2)
;;| fib+0x14: i32.const 2
;;| fib+0x16: i32.sub (2, 2)
;;| fib+0x17: call 1 <fib> (0)
;;| fib+0x1: local.get 0 (0)
;;| fib+0x3: i32.const 2
;;| fib+0x5: i32.lt_s (0, 2)
;;| fib+0x6: if (result i32) (1)
;;| fib+0x8: local.get 0 (0)
;;| fib+0x19: i32.add (1, 0)
;;| _start+0xe: drop
;;| _start+0xf: global.get 0 <g>
;;| _start+0x11: f64.const -3
;;| _start+0x1a: f64.mul (0.5, -3)
;;| _start+0x1b: global.set 0 <g> (-1.5)
;;| _start+0x1f: local.get 0 (0)
;;| _start+0x21: i32.const 1
;;| _start+0x23: i32.add (0, 1)
;;| _start+0x24: local.set 0 (1)
;;| _start+0x26: local.get 0 (1)
;;| _start+0x28: i32.const 2
;;| _start+0x2a: i32.lt_u (1, 2)
;;| _start+0x2b: br_if 0 (1)
;;| _start+0x1f: local.get 0 (1)
;;| _start+0x21: i32.const 1
;;| _start+0x23: i32.add (1, 1)
;;| _start+0x24: local.set 0 (2)
;;| _start+0x26: local.get 0 (2)
;;| _start+0x28: i32.const 2
;;| _start+0x2a: i32.lt_u (2, 2)
;;| _start+0x2b: br_if 0 (0)
;;| _start+0x2e: i32.const -1
;;| _start+0x30: i32x4.splat (-1)
;;| _start+0x32: local.tee 2 (0xffffffffffffffffffffffffffffffff)
;;| _start+0x34: drop
;;| _start+0x35: i32.const 16
;;| _start+0x37: i64.const -2
;;| _start+0x39: i64.store offset=8 (16, -2)
;;| _start+0x3c: i64.const 1
;;| _start+0x3e: i32.const 16
;;| _start+0x40: i32.const 20
;;| _start+0x42: memory.copy 1 <far> 0 (1, 16, 20)
;;| _start+0x46: i64.const 9
;;| _start+0x48: i64.load 1 <far> (9)
;;| _start+0x4c: local.set 1 (-2)
;;| _start+0x4e: i32.const 1
;;| _start+0x50: i32.const 2
;;| _start+0x52: local.get 1 (-2)
;;| _start+0x54: i64.eqz (-2)
;;| _start+0x55: select (0)
;;| _start+0x56: drop
;;| _start+0x57: i32.const 1
;;| _start+0x59: i64.const 2
;;| _start+0x5b: f32.const 0.1
;;| _start+0x60: f64.const nan
;;| _start+0x69: i32.const 5
;;| _start+0x6b: i32.const 6
;;| _start+0x6d: i32.const 7
;;| _start+0x6f: i32.const 8
;;| _start+0x71: i32.const 9
;;| _start+0x73: i32.const 10
;;| _start+0x75: call 2 <a "name"\0a> (1, 2, 0.1, nan, 5, 6, 7, 8)
;;| a \22name\22\0a+0x1: return
;;| _start+0x77: ref.null extern
;;| _start+0x79: call 3 (null)
;;| function 3+0x1: i32.const 1
;;| function 3+0x3: table.get 0 <t> (1)
;;| function 3+0x5: drop
;;| function 3+0x6: i32.const 1
;;| function 3+0x8: ref.func 1 <fib>
;;| function 3+0xa: table.set 0 <t> (1, ref)
;;| _start+0x7b: call 4 <throws>
;;| throws+0x9: i64.const -9
;;| throws+0xb: f32.const 1e-9
;;| throws+0x10: throw 0 <tag> (-9, 1e-9)
;;| throws+0x15: drop
;;| throws+0x16: drop
;;| _start+0x7d: i32.const 3
;;| _start+0x7f: call 0 <proc_exit> (3)
;;| _start+0x7: i32.const 2
;;| _start+0x9: i32.const 0
;;| wattle run: the trace ends here, after 2 lines
;;| wattle run: --trace-limit is a number of lines, not 'x'
;;| trap+0x1: i32.const 1
;;| trap+0x3: global.get 1 <zero>
;;| trap+0x5: i32.div_u (1, 0)
;;| trap: integer divide by zero
;;|     #0  trap (function 6) + 0x5
