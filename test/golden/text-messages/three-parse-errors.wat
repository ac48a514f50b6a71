;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a i32.cnst 1 drop)
  (memory one)
  (func $b (local.get $y) drop)
  (func $ok))
;; STDERR
;;| %s:4:12: error[W0109]: unknown operator i32.cnst, expected an instruction
;;|      4 |   (func $a i32.cnst 1 drop)
;;|        |            ^~~~~~~~
;;|   hint: did you mean `i32.const`?
;;|   fix: write i32.const here
;;| %s:5:11: error[W0109]: unknown operator one, expected the minimum size
;;|      5 |   (memory one)
;;|        |           ^~~
;;| %s:6:23: error[W0144]: unknown local $y
;;|      6 |   (func $b (local.get $y) drop)
;;|        |                       ^~
