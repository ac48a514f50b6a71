;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $t (func (param i32) (result i32)))
  (func (type $t) (param i64) (result i32)
    i32.const 0))
;; STDERR
;;| %s:5:9: error[W0120]: inline function type: [i64] -> [i32] is spelled here, which is not type 0
;;|      5 |   (func (type $t) (param i64) (result i32)
;;|        |         ^
;;|   %s:4:3: note: type 0 is [i32] -> [i32]
;;|      4 |   (type $t (func (param i32) (result i32)))
;;|        |   ^
