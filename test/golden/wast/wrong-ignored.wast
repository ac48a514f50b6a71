;; RUN: wattle wast --ignore-messages %s
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
(assert_trap (invoke "div" (i32.const 0)) "other words")
(assert_trap (invoke "one") "other words")
(assert_malformed (module quote "(func") "other words")
(assert_invalid (module quote "(func") "other words")
;; STDOUT
;;| %s:14:1: assert_trap: expected "other words", got (i32.const 1)
;;| %s:16:1: assert_invalid: expected "other words" (invalid), got "unexpected token: unclosed parenthesis: the `)` of this (func is missing" (malformed)
;;| 2 passed, 2 failed, 0 skipped
