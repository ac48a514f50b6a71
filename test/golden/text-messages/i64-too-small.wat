;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func i64.const -9223372036854775809 drop))
