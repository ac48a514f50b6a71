;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f))
;; STDERR
;;| %s:4:8: error[W0102]: illegal character: 0x0c is a control character
;;|      4 |   (func? $f))
;;|        |        ^
