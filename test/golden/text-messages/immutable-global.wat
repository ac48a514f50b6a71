;; RUN: wattle validate %s
;; EXIT: 1
(module
  (global $pi f64 (f64.const 3.14))
  (func (global.set $pi (f64.const 3))))
;; STDERR
;;| %s:5:10: error[W0329]: immutable global: global 0 cannot be set; declare it (mut ...)
;;|      5 |   (func (global.set $pi (f64.const 3))))
;;|        |          ^~~~~~~~~~
