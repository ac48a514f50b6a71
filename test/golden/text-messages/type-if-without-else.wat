;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.const 1)))))
;; STDERR
;;| %s:6:27: error[W0301]: type mismatch: instruction requires [i32] but stack has []
;;|      6 |       (then (i32.const 1)))))
;;|        |                           ^
;;|   %s:5:6: note: the block begins here
;;|      5 |     (if (result i32) (local.get 0)
;;|        |      ^~
