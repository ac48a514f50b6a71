;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $half (param i32) (result i32)
    local.get 0
    drop))
;; STDERR
;;| %s:6:9: error[W0301]: type mismatch: instruction requires [i32] but stack has []
;;|      6 |     drop))
;;|        |         ^
;;|   hint: the function's result is what its end finds on the stack
