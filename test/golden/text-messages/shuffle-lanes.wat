;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param v128) (result v128) (i8x16.shuffle 0 1 2 3 (local.get 0) (local.get 0))))
;; STDERR
;;| %s:4:59: error[W0117]: invalid lane length: a shuffle takes 16 lane numbers, found 4
;;|      4 |   (func (param v128) (result v128) (i8x16.shuffle 0 1 2 3 (local.get 0) (local.get 0))))
;;|        |                                                           ^
