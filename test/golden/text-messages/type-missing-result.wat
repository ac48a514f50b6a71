;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $half (param i32) (result i32)
    local.get 0
    drop))
