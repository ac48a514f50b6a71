;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (result i32)
    i32.const 1
    i32.add))
;; STDERR
;;| %s:6:5: error[W0301]: type mismatch: instruction requires [i32 i32] but stack has [i32]
;;|      6 |     i32.add))
;;|        |     ^~~~~~~
