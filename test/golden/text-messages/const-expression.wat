;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f (result i32) i32.const 1)
  (global i32 (call $f)))
;; STDERR
;;| %s:5:16: error[W0318]: constant expression required: call is not allowed here
;;|      5 |   (global i32 (call $f)))
;;|        |                ^~~~
