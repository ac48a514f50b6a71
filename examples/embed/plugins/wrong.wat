;; Is not valid: there is no i32 to drop.
(module
  (memory (export "memory") 1)
  (global (export "buffer") i32 (i32.const 0))
  (func (export "run") (param i32) drop))
