;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    block
    nop))
;; STDERR
;;| %s:6:8: error[W0110]: unexpected token: found `)`, but the `end` of `block` is missing
;;|      6 |     nop))
;;|        |        ^
;;|   %s:5:5: note: this block is not closed
;;|      5 |     block
;;|        |     ^~~~~
