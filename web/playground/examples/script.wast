;; A script has modules and assertions about them: the official tests
;; of WebAssembly are written so. The Script pane runs it after each
;; pause of typing. One of these is wrong: mend it.
(module
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "divide") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1))))

(assert_return (invoke "add" (i32.const 1) (i32.const 2)) (i32.const 3))
(assert_return (invoke "add" (i32.const 0x7fffffff) (i32.const 1)) (i32.const -0x80000000))
(assert_return (invoke "divide" (i32.const 7) (i32.const -2)) (i32.const -4))
(assert_trap (invoke "divide" (i32.const 1) (i32.const 0)) "integer divide by zero")

;; Modules that must be refused are part of it.
(assert_invalid
  (module (func (result i32) (i64.const 1)))
  "type mismatch")
