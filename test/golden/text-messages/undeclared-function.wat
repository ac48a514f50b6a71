;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f)
  (func (drop (ref.func $f))))
;; STDERR
;;| %s:5:16: error[W0334]: undeclared function reference: function 0 stands in no element segment, export or global; add (elem declare func 0)
;;|      5 |   (func (drop (ref.func $f))))
;;|        |                ^~~~~~~~
