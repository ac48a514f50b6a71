;; RUN: wattle validate %s
;; EXIT: 1
(module
  (table 1 externref)
  (func $f)
  (elem (table 0) (i32.const 0) func $f))
;; STDERR
;;| %s:6:3: error[W0301]: type mismatch: the table holds externref, the segment (ref func)
;;|      6 |   (elem (table 0) (i32.const 0) func $f))
;;|        |   ^~~~~
;;|   %s:4:3: note: table 0 is here
;;|      4 |   (table 1 externref)
;;|        |   ^~~~~~
