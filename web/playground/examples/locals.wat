;; Locals are the variables of a function: its parameters first, then
;; those that (local …) declares, which begin with zero. Globals
;; belong to the module.
(module
  (global $calls (mut i32) (i32.const 0))

  ;; The greatest common divisor, by Euclid
  (func (export "gcd") (param $a i32) (param $b i32) (result i32)
    (local $rest i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (loop $again
      (if (local.get $b)
        (then
          (local.set $rest (i32.rem_u (local.get $a) (local.get $b)))
          (local.set $a (local.get $b))
          (local.set $b (local.get $rest))
          (br $again))))
    (local.get $a))

  ;; local.tee sets a local and leaves the value on the stack.
  (func (export "square_of_sum") (param $x i32) (param $y i32) (result i32)
    (local $sum i32)
    (i32.mul
      (local.tee $sum (i32.add (local.get $x) (local.get $y)))
      (local.get $sum)))

  (func (export "calls") (result i32) (global.get $calls)))
