;; A tail call leaves no frame behind: the function that calls is
;; over. Recursion like this can go on for ever in constant space.
(module
  ;; 1 + 2 + … + n. Every call waits for the next one: too deep for a
  ;; large n.
  (func $sum (export "sum") (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (i64.const 0))
      (else
        (i64.add (local.get $n) (call $sum (i64.sub (local.get $n) (i64.const 1)))))))

  ;; The same with what is summed up as a parameter: nothing is left
  ;; to do after the call.
  (func (export "tail_sum") (param $n i64) (result i64)
    (return_call $add (local.get $n) (i64.const 0)))
  (func $add (param $n i64) (param $sum i64) (result i64)
    (if (i64.eqz (local.get $n))
      (then (return (local.get $sum))))
    (return_call $add
      (i64.sub (local.get $n) (i64.const 1))
      (i64.add (local.get $sum) (local.get $n))))

  ;; Two functions that call each other
  (func $even (export "even") (param $n i64) (result i32)
    (if (i64.eqz (local.get $n)) (then (return (i32.const 1))))
    (return_call $odd (i64.sub (local.get $n) (i64.const 1))))
  (func $odd (param $n i64) (result i32)
    (if (i64.eqz (local.get $n)) (then (return (i32.const 0))))
    (return_call $even (i64.sub (local.get $n) (i64.const 1)))))
