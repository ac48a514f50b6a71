;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $p (struct (field $x i32)))
  (func (param (ref $p))
    (struct.set $p $x (local.get 0) (i32.const 1))))
