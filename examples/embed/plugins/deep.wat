;; Calls itself without an end.
(module
  (memory (export "memory") 1)
  (global (export "buffer") i32 (i32.const 0))
  (func $down (export "run") (param i32)
    (call $down (i32.add (local.get 0) (i32.const 1)))))
