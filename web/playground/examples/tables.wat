;; A table holds references, here to functions. call_indirect takes an
;; index from the stack, and checks that the function there has the
;; type that is expected.
(module
  (type $operation (func (param f64 f64) (result f64)))
  (table $operations 5 funcref)
  (elem (i32.const 0) $add $subtract $multiply $divide)

  (func $add (type $operation) (f64.add (local.get 0) (local.get 1)))
  (func $subtract (type $operation) (f64.sub (local.get 0) (local.get 1)))
  (func $multiply (type $operation) (f64.mul (local.get 0) (local.get 1)))
  (func $divide (type $operation) (f64.div (local.get 0) (local.get 1)))

  ;; 0 adds, 1 subtracts, 2 multiplies, 3 divides; there is nothing at
  ;; 4, and no 5
  (func (export "calculate") (param $which i32) (param $x f64) (param $y f64) (result f64)
    (call_indirect $operations (type $operation)
      (local.get $x) (local.get $y) (local.get $which))))
