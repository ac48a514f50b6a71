;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (rec
    (type $a (descriptor $b) (struct))
    (type $b (describes $a) (func))))
;; STDERR
;;| %s:6:5: error[W0342]: described type must be a struct: type 1 describes one
;;|      6 |     (type $b (describes $a) (func))))
;;|        |     ^~~~~~~~
