;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1)
  (func (drop (i32.load8_u align=2 (i32.const 0)))))
;; STDERR
;;| %s:5:16: error[W0313]: alignment must not be larger than natural: 2^1 bytes, but i32.load8_u has 1
;;|      5 |   (func (drop (i32.load8_u align=2 (i32.const 0)))))
;;|        |                ^~~~~~~~~~~
