;; RUN: wattle validate %s
;; EXIT: 1
(module
  (function $f))
;; STDERR
;;| %s:4:4: error[W0109]: unknown operator function, expected a module field
;;|      4 |   (function $f))
;;|        |    ^~~~~~~~
;;|   hint: it is called `func` now
;;|   fix: write func here
