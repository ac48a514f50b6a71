;; RUN: wattle validate %s
;; EXIT: 1
(module (table 0xffffffff_f funcref))
;; STDERR
;;| %s:3:9: error[W0322]: table size must be at most 4294967295 elements, not 68719476735
;;|      3 | (module (table 0xffffffff_f funcref))
;;|        |         ^~~~~~
