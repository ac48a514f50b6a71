;; RUN: wattle validate %s
;; EXIT: 1
(module (memory 1) (func (drop (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))) 
  (func (call 4294967296)))
;; STDERR
;;| %s:4:15: error[W0114]: i32 constant out of range: a function index is at most 4294967295
;;|      4 |   (func (call 4294967296)))
;;|        |               ^~~~~~~~~~
