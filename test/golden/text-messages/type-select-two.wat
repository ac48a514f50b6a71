;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (drop (select (f32.const 1) (i32.const 2) (i32.const 3)))))
;; STDERR
;;| %s:4:16: error[W0301]: type mismatch: instruction requires [f32] but stack has [i32]
;;|      4 |   (func (drop (select (f32.const 1) (i32.const 2) (i32.const 3)))))
;;|        |                ^~~~~~
;;|   %s:4:38: note: this i32 comes from here
;;|      4 |   (func (drop (select (f32.const 1) (i32.const 2) (i32.const 3)))))
;;|        |                                      ^~~~~~~~~
