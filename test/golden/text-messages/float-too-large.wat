;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func f32.const 1e39 drop))
;; STDERR
;;| %s:4:19: error[W0112]: constant out of range: the largest f32 is 0x1.fffffep+127
;;|      4 |   (func f32.const 1e39 drop))
;;|        |                   ^~~~
