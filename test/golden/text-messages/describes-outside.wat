;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (type $a (struct))
  (rec (type $b (describes $a) (struct))))
;; STDERR
;;| %s:5:8: error[W0341]: described type is outside rec group
;;|      5 |   (rec (type $b (describes $a) (struct))))
;;|        |        ^~~~~~~~
