;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (rec
    (type $a (sub (descriptor $b) (struct)))
    (type $b (sub (describes $a) (struct))))
  (rec
    (type $c (sub (descriptor $d) (struct)))
    (type $d (sub $b (describes $c) (struct)))))
;; STDERR
;;| %s:9:5: error[W0345]: described type 2 does not match 0, which its supertype describes
;;|      9 |     (type $d (sub $b (describes $c) (struct)))))
;;|        |     ^~~~~~~~
