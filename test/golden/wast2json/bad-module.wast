;; RUN: wattle wast2json %s -o %t/x.json
;; EXIT: 1
;; A module that should be good, and is not: no JSON is left behind.
(module (func (result i32)))
(assert_return (invoke "f"))
;; STDERR
;;| %s:4:1: error[W0301]: type mismatch: instruction requires [i32] but stack has []
;;|      4 | (module (func (result i32)))
;;|        | ^
