;; With --max-threads 2 a third one is refused until one of the two has ended; then the numbers go on.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 4 shared))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param $tid i32) (param $arg i32)
    (drop (memory.atomic.wait32 (local.get $arg) (i32.const 0) (i64.const -1))))
  (func $expect (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then (unreachable))))
  (func (export "_start") (local $tid i32)
    (call $expect (call $spawn (i32.const 0)) (i32.const 1))
    (call $expect (call $spawn (i32.const 4)) (i32.const 2))
    (call $expect (call $spawn (i32.const 8)) (i32.const -6))
    (i32.atomic.store (i32.const 4) (i32.const 1))
    (drop (memory.atomic.notify (i32.const 4) (i32.const 1)))
    (loop $again ;; the second is ending
      (local.set $tid (call $spawn (i32.const 8)))
      (br_if $again (i32.eq (local.get $tid) (i32.const -6))))
    (call $expect (local.get $tid) (i32.const 3))
    (call $expect (call $spawn (i32.const 12)) (i32.const -6))))
