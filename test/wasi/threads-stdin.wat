;; Two threads read the standard input, a byte at a time, and count together. When all bytes are there
;; the first thread ends the program, though nothing more comes and the input stays open: so neither
;; may wait inside the system for a byte that the other took.
(module
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "env" "memory" (memory 1 4 shared))
  (export "memory" (memory 0))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  ;; 0: how many bytes were read
  (func (export "wasi_thread_start") (param $tid i32) (param $arg i32) (local $at i32)
    (local.set $at (i32.mul (local.get $arg) (i32.const 64)))
    (i32.store (local.get $at) (i32.add (local.get $at) (i32.const 16)))
    (i32.store offset=4 (local.get $at) (i32.const 1))
    (loop $again
      (if (call $read (i32.const 0) (local.get $at) (i32.const 1)
          (i32.add (local.get $at) (i32.const 8)))
        (then (unreachable)))
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.load offset=8 (local.get $at))))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))
      (br $again)))
  (func (export "_start") (local $got i32)
    (drop (call $spawn (i32.const 1)))
    (drop (call $spawn (i32.const 2)))
    (loop $wait
      (local.set $got (i32.atomic.load (i32.const 0)))
      (if (i32.lt_u (local.get $got) (i32.const 40))
        (then
          (drop (memory.atomic.wait32 (i32.const 0) (local.get $got) (i64.const -1)))
          (br $wait))))
    (call $exit (i32.const 7))))
