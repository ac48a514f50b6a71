;; RUN: wattle validate %s
;; EXIT: 1
(module
  (import "aÿ" "b" (func)))
