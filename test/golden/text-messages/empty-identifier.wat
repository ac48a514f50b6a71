;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $ (result i32) i32.const 1))
;; STDERR
;;| %s:4:9: error[W0107]: empty identifier: `$` without a name behind it
;;|      4 |   (func $ (result i32) i32.const 1))
;;|        |         ^
