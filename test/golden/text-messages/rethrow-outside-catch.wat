;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (block rethrow 0)))
;; STDERR
;;| %s:4:16: error[W0338]: invalid rethrow label: label 0 is not a catch block
;;|      4 |   (func (block rethrow 0)))
;;|        |                ^~~~~~~
