;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param externref) (result externref)
    (select (local.get 0) (local.get 0) (i32.const 1))))
