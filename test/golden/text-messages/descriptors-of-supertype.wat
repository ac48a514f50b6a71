;; RUN: wattle validate --features +custom-descriptors %s
;; EXIT: 1
(module
  (rec
    (type $a (sub (descriptor $b) (struct)))
    (type $b (sub (describes $a) (struct))))
  (rec
    (type $c (sub $a (descriptor $d) (struct)))
    (type $d (sub (describes $c) (struct)))))
;; STDERR
;;| %s:8:5: error[W0344]: descriptor type 3 does not match 1, its supertype's descriptor
;;|      8 |     (type $c (sub $a (descriptor $d) (struct)))
;;|        |     ^~~~~~~~
