;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func f64.const nan:0x0 drop))
