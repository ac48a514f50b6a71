;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a)
  (memory 1)

