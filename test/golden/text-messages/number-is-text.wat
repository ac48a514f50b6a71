;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func i32.const one drop))
