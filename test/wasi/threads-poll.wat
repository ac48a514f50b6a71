;; One thread asks again and again whether a file in memory is ready, while another writes to it: what
;; is asked does not move its position.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 4 shared))
  (export "memory" (memory 0))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_tell" (func $tell (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  ;; 0: the thread runs
  (func (export "wasi_thread_start") (param i32 i32)
    (i32.store8 (i32.const 136) (i32.const 1)) ;; a subscription at 128: to read the descriptor 4
    (i32.store (i32.const 144) (i32.const 4))
    (i32.atomic.store (i32.const 0) (i32.const 1))
    (loop $again
      (if (call $poll (i32.const 128) (i32.const 192) (i32.const 1) (i32.const 240))
        (then (unreachable)))
      (br $again)))
  (func (export "_start") (local $i i32)
    (i32.store8 (i32.const 16) (i32.const 0x66)) ;; "f"
    (i32.store (i32.const 24) (i32.const 16)) ;; an iovec: one byte
    (i32.store (i32.const 28) (i32.const 1))
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 16) (i32.const 1) (i32.const 1)
        (i64.const 0x8000066) (i64.const 0) (i32.const 0) (i32.const 32)) (then (unreachable)))
    (if (i32.ne (i32.load (i32.const 32)) (i32.const 4)) (then (unreachable)))
    (if (i32.le_s (call $spawn (i32.const 0)) (i32.const 0)) (then (unreachable)))
    (loop $wait (br_if $wait (i32.eqz (i32.atomic.load (i32.const 0)))))
    (loop $again
      (if (call $write (i32.const 4) (i32.const 24) (i32.const 1) (i32.const 32))
        (then (unreachable)))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1)))
                              (i32.const 100000))))
    (if (call $tell (i32.const 4) (i32.const 40)) (then (unreachable)))
    (if (i64.ne (i64.load (i32.const 40)) (i64.const 100000)) (then (unreachable)))
    (call $exit (i32.const 3))))
