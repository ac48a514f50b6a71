;; proc_exit in a thread ends the program with its code, though the first one counts for ever.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 4 shared))
  (export "memory" (memory 0))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (func (export "wasi_thread_start") (param $tid i32) (param $arg i32)
    (call $exit (local.get $arg)))
  (func (export "_start")
    (drop (call $spawn (i32.const 42)))
    (loop $count (br $count))))
