;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "export greet(name: string);")
  (func (export "greet") (param i32 i32)))
;; STDERR
;;| %s:wattle.bind:1:8: error[W0513]: type of a binding: "greet" needs a memory that the module exports or imports
