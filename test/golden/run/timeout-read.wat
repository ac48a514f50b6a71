;; RUN: sleep 0.6 | wattle run --timeout=0.05 %s; test $? = 124
;; RUN: echo quick | wattle run --timeout=30 %s
;; A program that waits for input is woken.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $read
    (i32.store (i32.const 0) (i32.const 16))
    (i32.store (i32.const 4) (i32.const 100))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (if (i32.eqz (i32.load (i32.const 8))) (then (unreachable))))
  (func (export "_start") (call $read)))
;; STDERR
;;| trap: interrupt
;;|     #0  read (function 1) + 0x18
;;|     #1  _start (function 2) + 0x1
