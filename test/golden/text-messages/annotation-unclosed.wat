;; RUN: wattle validate %s
;; EXIT: 1
(module
  (@note (func $f)
