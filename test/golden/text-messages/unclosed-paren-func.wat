;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a (result i32)
    (i32.add
      (i32.const 1)
      (i32.const 2))
  (func $b (result i32)
    i32.const 3))

;; STDERR
;;| %s:4:3: error[W0111]: unexpected token: unclosed parenthesis: the `)` of this (func is missing
;;|      4 |   (func $a (result i32)
;;|        |   ^~~~~
;;|   %s:8:3: note: probably before this
;;|      8 |   (func $b (result i32)
;;|        |   ^
