;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func v128.const i32x4 1 2 3 drop))
