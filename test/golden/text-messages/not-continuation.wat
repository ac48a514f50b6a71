;; RUN: wattle validate %s --features=+stack-switching; test $? = 1
(module
  (type $f (func))
  (type $c (cont $f))
  (tag $e)
  (func (param (ref $f)) (resume $f (local.get 0)))
  (func (param (ref $c))
    (block $h (result (ref $f))
      (resume $c (on $e $h) (local.get 0))
      (unreachable))
    (drop)))
;; STDERR
;;| %s:6:27: error[W0353]: non-continuation type 0: it is a function type
;;|      6 |   (func (param (ref $f)) (resume $f (local.get 0)))
;;|        |                           ^~~~~~
;;| %s:9:8: error[W0353]: non-continuation type 0: it is a function type
;;|      9 |       (resume $c (on $e $h) (local.get 0))
;;|        |        ^~~~~~
