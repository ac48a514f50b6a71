;; A module that starts threads must have a place where they begin.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 4 shared))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param i32))
  (func (export "_start") (drop (call $spawn (i32.const 0)))))
