;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a (result i32)
    (i32.add
      (i32.const 1)
      (i32.const 2))
  (func $b (result i32)
    i32.const 3))

