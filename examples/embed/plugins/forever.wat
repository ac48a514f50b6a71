;; Never comes back by itself.
(module
  (memory (export "memory") 1)
  (global (export "buffer") i32 (i32.const 0))
  (func (export "run") (param i32) (loop $again (br $again))))
