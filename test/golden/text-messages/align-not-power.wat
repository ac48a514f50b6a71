;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1)
  (func (drop (i32.load align=3 (i32.const 0)))))
;; STDERR
;;| %s:5:25: error[W0118]: alignment must be a power of two: 3 is not
;;|      5 |   (func (drop (i32.load align=3 (i32.const 0)))))
;;|        |                         ^~~~~~~
