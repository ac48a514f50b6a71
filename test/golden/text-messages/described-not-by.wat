;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (rec
    (type $a (struct))
    (type $b (describes $a) (struct))))
;; STDERR
;;| %s:6:5: error[W0351]: described type is not described by descriptor: type 0 has not the descriptor 1
;;|      6 |     (type $b (describes $a) (struct))))
;;|        |     ^~~~~~~~
