;; A function of a number, written as expressions in parentheses.
;;
;; The Run pane has a form for each exported function: give it a
;; number. The Debug pane goes through the calls one instruction at a
;; time, forwards and backwards.
(module
  (func $fac (export "fac") (param $n i64) (result i64)
    (if (result i64) (i64.lt_s (local.get $n) (i64.const 2))
      (then (i64.const 1))
      (else
        (i64.mul
          (local.get $n)
          (call $fac (i64.sub (local.get $n) (i64.const 1))))))))
