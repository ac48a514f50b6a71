#!/usr/bin/env wattle
;; RUN: cp %s %t/program.wat && chmod +x %t/program.wat && PATH=$PATH:%t program.wat
;; RUN: wattle validate -v %s
;; RUN: wattle %s
;; RUN: wattle wat2wasm %s -o %t/out.wasm && wattle wasm2wat --skeleton %t/out.wasm
;; RUN: printf '#!/usr/bin/env wattle\n\n  (module (func (result i32)))' > %t/bad.wat; wattle validate %t/bad.wat
;; EXIT: 1
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\0b\00\00\00as a script")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 100)))))
;; STDOUT
;;| as a script%s: valid
;;| as a script(module
;;|   (type (;0;) (func (param i32 i32 i32 i32) (result i32)))
;;|   (type (;1;) (func))
;;|   (import "wasi_snapshot_preview1" "fd_write" (func $write (;0;) (type 0)))
;;|   (memory (;0;) 1)
;;|   (export "memory" (memory 0))
;;|   (export "_start" (func 1))
;;|   (func (;1;) (type 1) (;...;))
;;| )
;; STDERR
;;| %t/bad.wat:3:11: error[W0301]: type mismatch: instruction requires [i32] but stack has []
;;|      3 |   (module (func (result i32)))
;;|        |           ^~~~~
;;|   hint: the function's result is what its end finds on the stack
