;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func v128.const i32x4 1 2 3 drop))
;; STDERR
;;| %s:4:32: error[W0116]: wrong number of lane literals: i32x4 takes 4, found 3
;;|      4 |   (func v128.const i32x4 1 2 3 drop))
;;|        |                                ^~~~
