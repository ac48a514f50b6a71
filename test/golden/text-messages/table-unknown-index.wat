;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $t (func))
  (func (call_indirect (type $t) (i32.const 0))))
;; STDERR
;;| %s:5:10: error[W0304]: unknown table 0: there are no tables
;;|      5 |   (func (call_indirect (type $t) (i32.const 0))))
;;|        |          ^~~~~~~~~~~~~
