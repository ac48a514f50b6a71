;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func i32.const 1__0 drop))
;; STDERR
;;| %s:4:19: error[W0109]: unknown operator 1__0, expected an i32 number
;;|      4 |   (func i32.const 1__0 drop))
;;|        |                   ^~~~
