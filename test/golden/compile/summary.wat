;; What there is, without times.
;; RUN: wattle compile %s | sed 's/, [0-9]* of code.*//'
(module (func $f (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))) (func))
;; STDOUT
;;| %s: 2 functions, 9 bytes of wasm
