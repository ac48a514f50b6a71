;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1)
  (func (drop (i32.load offset=4294967296 (i32.const 0)))))
;; STDERR
;;| %s:5:16: error[W0315]: offset out of range: 4294967296 in a 32-bit memory
;;|      5 |   (func (drop (i32.load offset=4294967296 (i32.const 0)))))
;;|        |                ^~~~~~~~
