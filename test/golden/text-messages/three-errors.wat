;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a (result i32) i64.const 1)
  (func $b (param $x i32) (result f32) local.get $x)
  (func $c (drop)))
;; STDERR
;;| %s:4:36: error[W0301]: type mismatch: instruction requires [i32] but stack has [i64]
;;|      4 |   (func $a (result i32) i64.const 1)
;;|        |                                    ^
;;|   %s:4:25: note: this i64 comes from here
;;|      4 |   (func $a (result i32) i64.const 1)
;;|        |                         ^~~~~~~~~
;;|   hint: the function's result is what its end finds on the stack
;;| %s:5:52: error[W0301]: type mismatch: instruction requires [f32] but stack has [i32]
;;|      5 |   (func $b (param $x i32) (result f32) local.get $x)
;;|        |                                                    ^
;;|   %s:5:40: note: this i32 comes from here
;;|      5 |   (func $b (param $x i32) (result f32) local.get $x)
;;|        |                                        ^~~~~~~~~
;;|   hint: the function's result is what its end finds on the stack
;;| %s:6:13: error[W0301]: type mismatch: drop takes a value, but the stack has []
;;|      6 |   (func $c (drop)))
;;|        |             ^~~~
