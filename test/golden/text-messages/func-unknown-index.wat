;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func call 7))
;; STDERR
;;| %s:4:9: error[W0303]: unknown function 7: there are 1 functions
;;|      4 |   (func call 7))
;;|        |         ^~~~
