;; RUN: wattle run %s; test $? = 134
;; RUN: wattle run --invoke=caught %s
;; Nobody catches it: the tag and its values, and where it was thrown.
(module
  (tag $error (param i32 f64))
  (func $deep (param $n i32)
    (if (i32.eqz (local.get $n)) (then (throw $error (i32.const -7) (f64.const 0.5))))
    (call $deep (i32.sub (local.get $n) (i32.const 1))))
  (func (export "_start") (try_table (call $deep (i32.const 2))))
  (func (export "caught") (result i32 f64)
    (try_table (catch $error 0) (call $deep (i32.const 2)))
    (unreachable)))
;; STDOUT
;;| -7
;;| 0.5
;; STDERR
;;| uncaught exception: error (-7, 0.5)
;;|     #0  deep (function 0) + 0x11
;;|     #1  deep (function 0) + 0x19
;;|     #2  deep (function 0) + 0x19
;;|     #3  _start (function 1) + 0x6
