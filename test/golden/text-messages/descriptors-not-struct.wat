;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (rec
    (type $a (descriptor $b) (array i8))
    (type $b (describes $a) (struct))))
;; STDERR
;;| %s:5:5: error[W0340]: descriptor type must be a struct: type 0 has one
;;|      5 |     (type $a (descriptor $b) (array i8))
;;|        |     ^~~~~~~~
