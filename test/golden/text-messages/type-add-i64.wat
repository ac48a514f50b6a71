;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (result i32)
    i32.const 1
    i64.const 2
    i32.add))
;; STDERR
;;| %s:7:5: error[W0301]: type mismatch: instruction requires [i32 i32] but stack has [i32 i64]
;;|      7 |     i32.add))
;;|        |     ^~~~~~~
;;|   %s:6:5: note: this i64 comes from here
;;|      6 |     i64.const 2
;;|        |     ^~~~~~~~~
