;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $f (func))
  (type $c (cont $f)))
;; STDERR
;;| %s:5:12: error[W0109]: unknown operator: a continuation type needs feature stack-switching
;;|      5 |   (type $c (cont $f)))
;;|        |            ^
