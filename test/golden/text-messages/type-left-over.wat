;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    i32.const 1))
;; STDERR
;;| %s:5:16: error[W0301]: type mismatch: block requires [] but stack has [i32]
;;|      5 |     i32.const 1))
;;|        |                ^
;;|   %s:5:5: note: this i32 is never used: add a drop behind it
;;|      5 |     i32.const 1))
;;|        |     ^~~~~~~~~
