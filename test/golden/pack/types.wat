;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "record P { x: any }"
         "export f(a: view u8);"
         "alloc \"f\";")
  (memory (export "memory") 1)
  (func (export "f") (param i32)))
;; STDERR
;;| %s:wattle.bind:1:15: error[W0513]: type of a binding: field x cannot lie in a memory
