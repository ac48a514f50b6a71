;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $f (func))
  (func (local $r (ref $f))
    (drop (local.get $r))))
;; STDERR
;;| %s:6:12: error[W0328]: uninitialized local: local 0 has no value yet
;;|      6 |     (drop (local.get $r))))
;;|        |            ^~~~~~~~~
