;; RUN: wattle run --timeout=30 %s
;; RUN: wattle run --timeout=0.05 --invoke=spin %s; test $? = 124
;; A program that does not end is stopped, one that does is not touched.
(module
  (func $forever (loop $again (br $again)))
  (func (export "spin") (call $forever))
  (func (export "_start")))
;; STDERR
;;| trap: interrupt
;;|     #0  forever (function 0) + 0x1
;;|     #1  spin (function 1) + 0x1
