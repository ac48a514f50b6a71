;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func i64.const -9223372036854775809 drop))
;; STDERR
;;| %s:4:19: error[W0112]: constant out of range: an i64 is -9223372036854775808 to 18446744073709551615
;;|      4 |   (func i64.const -9223372036854775809 drop))
;;|        |                   ^~~~~~~~~~~~~~~~~~~~
