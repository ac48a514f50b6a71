;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (result i32)
    (block $b (result i32)
      (br $b))))
