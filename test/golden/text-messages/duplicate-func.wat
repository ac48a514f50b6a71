;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f)
  (func $g)
  (func $f))
;; STDERR
;;| %s:6:9: error[W0127]: duplicate func $f
;;|      6 |   (func $f))
;;|        |         ^~
;;|   %s:4:9: note: first defined here
;;|      4 |   (func $f)
;;|        |         ^~
