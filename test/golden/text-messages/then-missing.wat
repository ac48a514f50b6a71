;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param i32)
    (if (local.get 0)
      (nop))))
