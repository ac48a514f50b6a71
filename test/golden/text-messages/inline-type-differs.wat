;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $t (func (param i32) (result i32)))
  (func (type $t) (param i64) (result i32)
    i32.const 0))
