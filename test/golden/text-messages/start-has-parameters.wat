;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $main (param i32))
  (start $main))
