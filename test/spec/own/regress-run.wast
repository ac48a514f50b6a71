;; features: 3.0
;; What tiers got wrong once.

(module
  (global $one (mut i32) (i32.const 1))
  ;; the constant that does not fit the branch must not take the place of the operand beside it
  (func (export "constant-left") (result i32)
    (block
      (br_if 0 (i32.ge_s (i32.const -113929912) (i32.rotr (global.get $one) (i32.const -8158154))))
      (return (i32.const 7)))
    (i32.const 8))
  ;; a local read before a call and written after it
  (func $zero (param i32) (result i32) (i32.const 0))
  (func (export "local-below-call") (param i32) (result i32) (local $l i32)
    (local.set $l (i32.const 100))
    (i32.sub (local.get $l)
      (i32.add (call $zero (i32.const 1)) (local.tee $l (local.get 0)))))
)
(assert_return (invoke "constant-left") (i32.const 7))
(assert_return (invoke "local-below-call" (i32.const 1)) (i32.const 99))

;; a tail call without parameters or results: the checker summed a null pointer (only UBSan minded)
(module
  (func $nothing)
  (func (export "tail-of-nothing") (return_call $nothing)))
(assert_return (invoke "tail-of-nothing"))
