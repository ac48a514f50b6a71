;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (rec
    (type $a (descriptor $b) (struct))
    (type $b (struct))))
;; STDERR
;;| %s:5:5: error[W0350]: type is not described by its descriptor: type 1 does not describe type 0
;;|      5 |     (type $a (descriptor $b) (struct))
;;|        |     ^~~~~~~~
