;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $p (struct (field $left i32) (field $right i32)))
  (func (param (ref $p)) (result i32)
    (struct.get $p $rihgt (local.get 0))))
;; STDERR
;;| %s:6:20: error[W0145]: unknown field $rihgt
;;|      6 |     (struct.get $p $rihgt (local.get 0))))
;;|        |                    ^~~~~~
;;|   %s:4:45: note: did you mean `$right`, defined here?
;;|      4 |   (type $p (struct (field $left i32) (field $right i32)))
;;|        |                                             ^~~~~~
;;|   fix: write $right here
