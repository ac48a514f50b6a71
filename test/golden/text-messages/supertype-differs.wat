;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $a (sub (struct (field i32))))
  (type $b (sub $a (struct (field i64)))))
;; STDERR
;;| %s:5:3: error[W0319]: sub type 1 does not match super type 0: immutable fields may only narrow, mutable ones must be the same
;;|      5 |   (type $b (sub $a (struct (field i64)))))
;;|        |   ^~~~~~~~
;;|   %s:4:3: note: type 0 is here
;;|      4 |   (type $a (sub (struct (field i32))))
;;|        |   ^~~~~~~~
