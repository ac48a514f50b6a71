;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $t (func))
  (func (call_indirect (type $t) (i32.const 0))))
