;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (type $callback)))
;; STDERR
;;| %s:4:15: error[W0138]: unknown type $callback
;;|      4 |   (func (type $callback)))
;;|        |               ^~~~~~~~~
