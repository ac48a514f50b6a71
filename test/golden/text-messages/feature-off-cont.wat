;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $f (func))
  (type $c (cont $f)))
