;; RUN: wattle --invoke add %s 0x10 -2
;; RUN: wattle --invoke mixed %s 1 0x10 inf -0x1p-1 null null
;; RUN: wattle --invoke add %s 1; test $? = 2
;; RUN: wattle --invoke add %s 1 2 3; test $? = 2
;; RUN: wattle --invoke add %s 1 4294967296; test $? = 2
;; RUN: wattle --invoke mixed %s 1 xyz 0 0 null null; test $? = 2
;; RUN: wattle --invoke mixed %s 1 0x1 one 0 null null; test $? = 2
;; RUN: wattle --invoke mixed %s 1 0x1 0 0 nil null; test $? = 2
;; RUN: wattle --invoke strict %s null; test $? = 2
;; RUN: wattle --invoke adb %s 1 2; test $? = 2
;; RUN: wattle --invoke mem %s; test $? = 2
;; RUN: wattle --invoke nothing-like-it %s; test $? = 2
;; RUN: wattle %s
;; EXIT: 2
;; Arguments are read by the types of the export, results printed by theirs.
(module
  (memory (export "mem") 1)
  (func (export "add") (param i32 i32) (result i32)
    (i32.add (local.get 0) (local.get 1)))
  (func (export "strict") (param (ref func)))
  (func (export "mixed") (param i64 v128 f32 f64 externref funcref)
    (result i64 v128 f32 f64 externref funcref)
    local.get 0 local.get 1 local.get 2 local.get 3 local.get 4 local.get 5))
;; STDOUT
;;| 14
;;| 1
;;| 0x00000000000000000000000000000010
;;| inf
;;| -0.5
;;| null
;;| null
;; STDERR
;;| wattle: add(i32, i32) takes 2 arguments, but 1 is given
;;| wattle: add(i32, i32) takes 2 arguments, but 3 are given
;;| wattle: argument 2 of add is no i32: '4294967296'
;;| wattle: expected a whole number from -2147483648 to 4294967295, also 0x1f
;;| wattle: argument 2 of mixed is no v128: 'xyz'
;;| wattle: expected 0x and up to 32 hexadecimal digits, the last lane first
;;| wattle: argument 3 of mixed is no f32: 'one'
;;| wattle: expected a number such as 0.5, -1e9, 0x1p-3, inf or nan
;;| wattle: argument 5 of mixed is no externref: 'nil'
;;| wattle: expected null
;;| wattle: argument 1 of strict is (ref func), which has no text: 'null'
;;| wattle: there is no exported function adb; did you mean add?
;;| wattle: mem is a memory, no function
;;| wattle: there is no exported function 'nothing-like-it' among 3; see `wattle objdump -x`
;;| wattle: the module exports neither _start nor _initialize; name a function with --invoke
