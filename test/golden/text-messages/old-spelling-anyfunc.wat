;; RUN: wattle validate %s
;; EXIT: 1
(module
  (table 1 anyfunc))
