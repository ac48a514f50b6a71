;; RUN: wattle validate %s
;; EXIT: 1
(module
  (; this comment never ends
  (func))
