;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param int)))
;; STDERR
;;| %s:4:16: error[W0109]: unknown operator int, expected a type
;;|      4 |   (func (param int)))
;;|        |                ^~~
