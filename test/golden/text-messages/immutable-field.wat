;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $p (struct (field $x i32)))
  (func (param (ref $p))
    (struct.set $p $x (local.get 0) (i32.const 1))))
;; STDERR
;;| %s:6:6: error[W0330]: immutable field: field 0 of type 0 cannot be set; declare it (mut ...)
;;|      6 |     (struct.set $p $x (local.get 0) (i32.const 1))))
;;|        |      ^~~~~~~~~~
