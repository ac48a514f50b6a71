;; RUN: wattle validate %s
;; EXIT: 1
(module
  (function $f))
