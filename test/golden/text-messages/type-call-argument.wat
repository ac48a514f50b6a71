;; RUN: wattle validate %s
;; EXIT: 1
(module
  (import "env" "log" (func $log (param f64)))
  (func (param i32)
    (call $log (local.get 0))))
;; STDERR
;;| %s:6:6: error[W0301]: type mismatch: instruction requires [f64] but stack has [i32]
;;|      6 |     (call $log (local.get 0))))
;;|        |      ^~~~
;;|   %s:6:17: note: this i32 comes from here
;;|      6 |     (call $log (local.get 0))))
;;|        |                 ^~~~~~~~~
