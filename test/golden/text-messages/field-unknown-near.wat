;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $p (struct (field $left i32) (field $right i32)))
  (func (param (ref $p)) (result i32)
    (struct.get $p $rihgt (local.get 0))))
