;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param $x i32) (local $x i64)))
;; STDERR
;;| %s:4:31: error[W0128]: duplicate local $x
;;|      4 |   (func (param $x i32) (local $x i64)))
;;|        |                               ^~
;;|   %s:4:16: note: first defined here
;;|      4 |   (func (param $x i32) (local $x i64)))
;;|        |                ^~
