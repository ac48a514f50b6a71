;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $a (struct (field i32)))
  (type $b (sub $a (struct (field i32) (field i32)))))
