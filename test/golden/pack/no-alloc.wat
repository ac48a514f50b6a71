;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "export greet(name: string);")
  (memory (export "memory") 1)
  (func (export "greet") (param i32 i32)))
;; STDERR
;;| %s:wattle.bind:1:8: error[W0513]: type of a binding: "greet" needs a function of the module that allocates
;;|   hint: name it by the clause: alloc "NAME"; and what frees by: free "NAME";
