;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param i32) (result i32)
    get_local 0))
