;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a i32.cnst 1 drop)
  (memory one)
  (func $b (local.get $y) drop)
  (func $ok))
