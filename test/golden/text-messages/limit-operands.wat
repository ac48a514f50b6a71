;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $a (array i32))
  (func (result (ref $a)) (array.new_fixed $a 10001)))
;; STDERR
;;| %s:5:28: error[W0401]: limit exceeded: array.new_fixed with 10001 elements
;;|      5 |   (func (result (ref $a)) (array.new_fixed $a 10001)))
;;|        |                            ^~~~~~~~~~~~~~~
