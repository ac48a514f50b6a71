;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param f32) (result i32)
    (i32.trunc_s/f32 (local.get 0))))
;; STDERR
;;| %s:5:6: error[W0109]: unknown operator i32.trunc_s/f32, expected an instruction
;;|      5 |     (i32.trunc_s/f32 (local.get 0))))
;;|        |      ^~~~~~~~~~~~~~~
;;|   hint: it is called `i32.trunc_f32_s` now
;;|   fix: write i32.trunc_f32_s here
