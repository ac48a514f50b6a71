;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (result i32)
    (block $b (result i32)
      (br $b))))
;; STDERR
;;| %s:6:8: error[W0301]: type mismatch: instruction requires [i32] but stack has []
;;|      6 |       (br $b))))
;;|        |        ^~
