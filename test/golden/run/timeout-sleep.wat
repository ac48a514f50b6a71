;; RUN: wattle run --timeout=0.05 %s; test $? = 124
;; A program that sleeps for an hour is woken.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff"
    (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $sleep
    (i32.store (i32.const 16) (i32.const 1))
    (i64.store (i32.const 24) (i64.const 3600000000000))
    (drop (call $poll_oneoff (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))))
  (func (export "_start") (call $sleep)))
;; STDERR
;;| trap: interrupt
;;|     #0  sleep (function 1) + 0x1f
;;|     #1  _start (function 2) + 0x1
