;; RUN: wattle validate %s
;; EXIT: 1
(module
  (@ x)
  (func))
