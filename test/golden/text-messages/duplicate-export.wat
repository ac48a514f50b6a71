;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f)
  (export "run" (func $f))
  (memory 1)
  (export "run" (memory 0)))
