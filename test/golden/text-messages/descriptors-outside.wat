;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (rec (type $a (descriptor $b) (struct)))
  (rec (type $b (struct))))
;; STDERR
;;| %s:4:8: error[W0339]: descriptor type is outside rec group
;;|      4 |   (rec (type $a (descriptor $b) (struct)))
;;|        |        ^~~~~~~~
