;; A tag says what an exception carries. throw leaves functions until
;; a try_table has a catch for its tag: the values go to the block
;; that the catch names.
(module
  (tag $too_large (param i32))
  (tag $negative)

  (func $check (param $x i32)
    (if (i32.lt_s (local.get $x) (i32.const 0))
      (then (throw $negative)))
    (if (i32.gt_s (local.get $x) (i32.const 100))
      (then (throw $too_large (i32.sub (local.get $x) (i32.const 100))))))

  ;; x itself; how much it is too large, as a negative number; or
  ;; -1000
  (func (export "safe") (param $x i32) (result i32)
    (block $negative_here
      (block $large_here (result i32)
        (try_table (catch $too_large $large_here) (catch $negative $negative_here)
          (call $check (local.get $x)))
        (return (local.get $x)))
      ;; what the exception carried is on the stack
      (return (i32.mul (i32.const -1))))
    (i32.const -1000))

  ;; Nobody catches here: the host gets it.
  (func (export "unsafe") (param $x i32) (result i32)
    (call $check (local.get $x))
    (local.get $x)))
