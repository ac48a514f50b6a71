;; RUN: wattle validate %s
;; EXIT: 1
(module
  (global $pi f64 (f64.const 3.14))
  (func (global.set $pi (f64.const 3))))
