;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func f64.const nan:0x0 drop))
;; STDERR
;;| %s:4:19: error[W0112]: constant out of range: the payload of an f64 NaN is 1 to 0xfffffffffffff
;;|      4 |   (func f64.const nan:0x0 drop))
;;|        |                   ^~~~~~~
