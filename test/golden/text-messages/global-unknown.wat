;; RUN: wattle validate %s
;; EXIT: 1
(module
  (global $stack_pointer i32 (i32.const 0))
  (func (result i32) global.get $stack_ptr))
;; STDERR
;;| %s:5:33: error[W0142]: unknown global $stack_ptr
;;|      5 |   (func (result i32) global.get $stack_ptr))
;;|        |                                 ^~~~~~~~~~
