;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (drop (i32.load (i32.const 0)))))
;; STDERR
;;| %s:4:16: error[W0305]: unknown memory 0: there are no memories
;;|      4 |   (func (drop (i32.load (i32.const 0)))))
;;|        |                ^~~~~~~~
