;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 3 2))
