;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func i32.const 4294967296 drop))
;; STDERR
;;| %s:4:19: error[W0112]: constant out of range: an i32 is -2147483648 to 4294967295
;;|      4 |   (func i32.const 4294967296 drop))
;;|        |                   ^~~~~~~~~~
