;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param externref) (result externref)
    (select (local.get 0) (local.get 0) (i32.const 1))))
;; STDERR
;;| %s:5:6: error[W0301]: type mismatch: select without a type takes numbers and vectors only; write (select (result TYPE))
;;|      5 |     (select (local.get 0) (local.get 0) (i32.const 1))))
;;|        |      ^~~~~~
