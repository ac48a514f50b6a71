;; RUN: wattle run --deterministic --invoke look %s
;; RUN: wattle run --deterministic --invoke look %s
;; Clocks, sleep and random bytes are the same in every run: the two calls print the same. A sleep of
;; an hour takes no time, and one until a time that is over is not late.
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_res_get" (func $resolution (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func $now (param $id i32) (result i64)
    (if (call $clock (local.get $id) (i64.const 1) (i32.const 0)) (then unreachable))
    (i64.load (i32.const 0)))
  (func $sleep (param $flags i32) (param $ns i64) (result i32)
    (i64.store (i32.const 64) (i64.const 7))
    (i32.store8 (i32.const 72) (i32.const 0))
    (i32.store (i32.const 80) (i32.const 1))
    (i64.store (i32.const 88) (local.get $ns))
    (i32.store16 (i32.const 104) (local.get $flags))
    (drop (call $poll (i32.const 64) (i32.const 128) (i32.const 1) (i32.const 256)))
    (i32.load (i32.const 256)))
  (func (export "look") (result i64 i64 i64 i64 i32 i64 i32 i64 i64 i64)
    (drop (call $resolution (i32.const 0) (i32.const 0)))
    (i64.load (i32.const 0))
    (call $now (i32.const 0))
    (call $now (i32.const 1))
    (call $now (i32.const 2))
    (call $sleep (i32.const 0) (i64.const 3600000000000))
    (call $now (i32.const 1))
    (call $sleep (i32.const 1) (i64.const 1))
    (call $now (i32.const 1))
    (drop (call $random (i32.const 0) (i32.const 13)))
    (i64.load (i32.const 0))
    (i64.load (i32.const 8))))
;; STDOUT
;;| 1000
;;| 946684800000001000
;;| 2000
;;| 3000
;;| 1
;;| 3600000004000
;;| 1
;;| 3600000007000
;;| -2152535657050944081
;;| 457979815412
;;| 1000
;;| 946684800000001000
;;| 2000
;;| 3000
;;| 1
;;| 3600000004000
;;| 1
;;| 3600000007000
;;| -2152535657050944081
;;| 457979815412
