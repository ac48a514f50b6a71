;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1 shared))
