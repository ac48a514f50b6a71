;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1)
  (func (result i32) current_memory))
