;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param f32) (result i32)
    (i32.trunc_s/f32 (local.get 0))))
