;; proc_raise: what is ignored returns, what would stop is refused, what ends the program does.
(module
  (import "wasi_snapshot_preview1" "proc_raise" (func $raise (param i32) (result i32)))
  (memory (export "memory") 1)
  (func $expect (param $signal i32) (param $errno i32)
    (if (i32.ne (call $raise (local.get $signal)) (local.get $errno)) (then (unreachable))))
  (func (export "_start")
    (call $expect (i32.const 0) (i32.const 0))
    (call $expect (i32.const 16) (i32.const 0))  ;; chld
    (call $expect (i32.const 17) (i32.const 0))  ;; cont
    (call $expect (i32.const 22) (i32.const 0))  ;; urg
    (call $expect (i32.const 27) (i32.const 0))  ;; winch
    (call $expect (i32.const 18) (i32.const 58)) ;; stop: notsup
    (call $expect (i32.const 21) (i32.const 58)) ;; ttou
    (call $expect (i32.const 31) (i32.const 28)) ;; no signal: inval
    (call $expect (i32.const -1) (i32.const 28))
    (call $expect (i32.const 15) (i32.const 0))  ;; term: does not return
    (unreachable)))
