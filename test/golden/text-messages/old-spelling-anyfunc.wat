;; RUN: wattle validate %s
;; EXIT: 1
(module
  (table 1 anyfunc))
;; STDERR
;;| %s:4:12: error[W0109]: unknown operator anyfunc, expected a reference type
;;|      4 |   (table 1 anyfunc))
;;|        |            ^~~~~~~
;;|   hint: it is called `funcref` now
;;|   fix: write funcref here
