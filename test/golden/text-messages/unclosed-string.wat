;; RUN: wattle validate %s
;; EXIT: 1
(module
  (export "f (func 0))
  (func))
;; STDERR
;;| %s:4:11: error[W0103]: unclosed string: the closing quote is missing before the end of the line
;;|      4 |   (export "f (func 0))
;;|        |           ^~~~~~~~~~~~
