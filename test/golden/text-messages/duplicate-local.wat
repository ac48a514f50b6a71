;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param $x i32) (local $x i64)))
