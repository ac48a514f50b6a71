;; RUN: wattle wast %s
;; EXIT: 1
(module $m
  (func (export "one") (result i32) (i32.const 1))
  (func (export "nan") (result f32) (f32.const nan:0x200000))
  (func (export "vec") (result v128) (v128.const i32x4 1 2 3 4))
  (func (export "fvec") (result v128) (v128.const f32x4 1 nan:0x200000 3 4))
  (func (export "f") (result funcref) (ref.null func))
  (func (export "x") (param externref) (result externref) (local.get 0))
  (func (export "two") (result i32 i64) (i32.const 1) (i64.const 2))
  (func (export "div") (param i32) (result i32) (i32.div_s (i32.const 1) (local.get 0)))
  (global (export "g") i64 (i64.const 7)))
;; right
(assert_return (invoke "one") (i32.const 1))
(assert_return (invoke "nan") (f32.const nan:0x200000))
(assert_return (invoke "vec") (either (v128.const i64x2 0 0) (v128.const i32x4 1 2 3 4)))
(assert_return (get $m "g") (i64.const 7))
(assert_return (invoke "x" (ref.extern 5)) (ref.extern 5))
(assert_trap (invoke "div" (i32.const 0)) "integer divide")
;; wrong
(assert_return (invoke "one") (i32.const 2))
(assert_return (invoke "one") (i64.const 1))
(assert_return (invoke "one"))
(assert_return (invoke "two") (i32.const 1))
(assert_return (invoke "nan") (f32.const nan:canonical))
(assert_return (invoke "nan") (f32.const nan:arithmetic))
(assert_return (invoke "vec") (v128.const i32x4 1 2 3 5))
(assert_return (invoke "vec") (either (v128.const i64x2 0 0) (v128.const i32x4 1 2 3 0)))
(assert_return (invoke "fvec") (v128.const f32x4 1 nan:arithmetic 3 4))
(assert_return (invoke "f") (ref.func))
(assert_return (invoke "x" (ref.null extern)) (ref.extern))
(assert_return (invoke "x" (ref.extern 5)) (ref.extern 6))
(assert_return (invoke "x" (ref.extern 5)) (ref.null extern))
(assert_return (invoke "div" (i32.const 0)) (i32.const 0))
(assert_return (invoke "div" (i64.const 0)) (i32.const 0))
(assert_return (invoke "div") (i32.const 0))
(assert_return (invoke "nothing"))
(assert_return (invoke "g") (i64.const 7))
(assert_return (get $n "g") (i64.const 7))
(assert_trap (invoke "div" (i32.const 0)) "integer overflow")
(assert_trap (invoke "div" (i32.const 1)) "integer divide by zero")
(assert_exhaustion (invoke "one") "call stack exhausted")
(assert_exception (invoke "one"))
(assert_trap (module (func)) "unreachable")
(assert_unlinkable (module (func)) "unknown import")
(assert_unlinkable (module (import "spectest" "print" (func (param i64)))) "unknown import")
(assert_invalid (module (func)) "type mismatch")
(assert_malformed (module quote "(func)") "unexpected token")
(module (import "spectest" "nothing" (func)))
(assert_return (invoke "one") (i32.const 1))
(invoke $m "div" (i32.const 0))
;; STDOUT
;;| %s:21:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %s:22:1: assert_return: expected (i64.const 1), got (i32.const 1)
;;| %s:23:1: assert_return: expected no result, got (i32.const 1)
;;| %s:24:1: assert_return: expected (i32.const 1), got (i32.const 1) (i64.const 2)
;;| %s:25:1: assert_return: expected (f32.const nan:canonical), got (f32.const nan:0x200000)
;;| %s:26:1: assert_return: expected (f32.const nan:arithmetic), got (f32.const nan:0x200000)
;;| %s:27:1: assert_return: expected (v128.const i32x4 1 2 3 5), got (v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004)
;;| %s:28:1: assert_return: expected (either (v128.const i64x2 0 0) (v128.const i32x4 1 2 3 0)), got (v128.const i32x4 0x00000001 0x00000002 0x00000003 0x00000004)
;;| %s:29:1: assert_return: expected (v128.const f32x4 1 nan:arithmetic 3 4), got (v128.const i32x4 0x3f800000 0x7fa00000 0x40400000 0x40800000)
;;| %s:30:1: assert_return: expected (ref.func), got (ref.null)
;;| %s:31:1: assert_return: expected (ref.extern), got (ref.null)
;;| %s:32:1: assert_return: expected (ref.extern 6), got (a reference)
;;| %s:33:1: assert_return: expected (ref.null extern), got (a reference)
;;| %s:34:1: assert_return: expected (i32.const 0), got a trap: integer divide by zero
;;| %s:35:1: assert_return: expected (i32.const 0), got no call: an argument is of another type
;;| %s:36:1: assert_return: expected (i32.const 0), got no call: wrong number of arguments
;;| %s:37:1: assert_return: expected no result, got no call: there is no such export
;;| %s:38:1: assert_return: expected (i64.const 7), got no call: the export is of another kind
;;| %s:39:1: assert_return: expected (i64.const 7), got no call: there is no such instance
;;| %s:40:1: assert_trap: expected "integer overflow", got a trap: integer divide by zero
;;| %s:41:1: assert_trap: expected "integer divide by zero", got (i32.const 1)
;;| %s:42:1: assert_exhaustion: expected "call stack exhausted", got (i32.const 1)
;;| %s:43:1: assert_exception: expected an exception, got (i32.const 1)
;;| %s:44:1: assert_trap: expected "unreachable", got no result
;;| %s:45:1: assert_unlinkable: expected "unknown import", got no result
;;| %s:46:1: assert_unlinkable: expected "unknown import", got no call: incompatible import type: "spectest" "print": wanted func [i64] -> [], given func [] -> []
;;| %s:47:1: assert_invalid: expected "type mismatch", accepted
;;| %s:48:1: assert_malformed: expected "unexpected token", accepted
;;| %s:49:1: module: could not be instantiated: unknown import: "spectest" "nothing": wanted func [] -> []
;;| %s:50:1: assert_return: expected (i32.const 1), got no call: there is no such instance
;;| %s:51:1: invoke: expected success, got a trap: integer divide by zero
;;| 6 passed, 31 failed, 0 skipped
