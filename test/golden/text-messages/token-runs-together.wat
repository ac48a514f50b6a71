;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (local $a i32) local.get $a"x" drop))
;; STDERR
;;| %s:4:34: error[W0109]: unknown operator $a"x", expected a local index
;;|      4 |   (func (local $a i32) local.get $a"x" drop))
;;|        |                                  ^~~~~
