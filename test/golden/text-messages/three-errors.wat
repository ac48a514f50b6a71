;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a (result i32) i64.const 1)
  (func $b (param $x i32) (result f32) local.get $x)
  (func $c (drop)))
