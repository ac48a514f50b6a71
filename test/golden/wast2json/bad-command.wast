;; RUN: wattle wast2json %s -o %t/x.json
;; EXIT: 1
(module)
(assert_return (invoke "f" (i32.const 1 2)))
;; STDERR
;;| %s:4:41: error[W0110]: unexpected token: found `2`, expected the end of the value
;;|      4 | (assert_return (invoke "f" (i32.const 1 2)))
;;|        |                                         ^
