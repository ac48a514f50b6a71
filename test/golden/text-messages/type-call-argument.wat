;; RUN: wattle validate %s
;; EXIT: 1
(module
  (import "env" "log" (func $log (param f64)))
  (func (param i32)
    (call $log (local.get 0))))
