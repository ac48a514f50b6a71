;; RUN: wattle validate %s --features=+stack-switching; test $? = 1
(module
  (type $f (func))
  (type $c (cont $f))
  (func (param contref) (result i32) (ref.test (ref $c) (local.get 0)))
  (func (param contref)
    (block (result contref) (br_on_cast 0 contref contref (local.get 0)))
    (drop)))
;; STDERR
;;| %s:5:39: error[W0354]: invalid cast: continuations cannot be cast
;;|      5 |   (func (param contref) (result i32) (ref.test (ref $c) (local.get 0)))
;;|        |                                       ^~~~~~~~
;;| %s:7:30: error[W0354]: invalid cast: continuations cannot be cast
;;|      7 |     (block (result contref) (br_on_cast 0 contref contref (local.get 0)))
;;|        |                              ^~~~~~~~~~
