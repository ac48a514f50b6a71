;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $a (struct (field i32)))
  (type $b (sub $a (struct (field i32) (field i32)))))
;; STDERR
;;| %s:5:3: error[W0319]: sub type 1 does not match super type 0: that type is final; declare it (sub ...)
;;|      5 |   (type $b (sub $a (struct (field i32) (field i32)))))
;;|        |   ^~~~~~~~
;;|   %s:4:3: note: type 0 is here
;;|      4 |   (type $a (struct (field i32)))
;;|        |   ^~~~~~~~
