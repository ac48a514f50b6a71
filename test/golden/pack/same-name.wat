;; RUN: wattle pack -o %t %s
;; EXIT: 1
(module
  (func (export "a b"))
  (func (export "a-b")))
;; STDERR
;;| %s:wattle.bind: error[W0512]: name in a binding: exports "a b" and "a-b" would both be called a_b
;;|   hint: give one of them another name: export "a-b" as NAME;
