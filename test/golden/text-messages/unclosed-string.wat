;; RUN: wattle validate %s
;; EXIT: 1
(module
  (export "f (func 0))
  (func))
