;; RUN: wattle wast2json %s -o %t/x.json
;; EXIT: 1
(module)
(assert_return (invoke "\ff"))
;; STDERR
;;| %s:4:24: error[W0101]: malformed UTF-8 encoding: JSON cannot hold it
;;|      4 | (assert_return (invoke "\ff"))
;;|        |                        ^~~~~
