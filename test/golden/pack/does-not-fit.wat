;; RUN: wattle bind %s
;; EXIT: 1
(module
  (@bind "alloc \"take\";"
         "export greet(name: string, times: u64) -> string;")
  (memory (export "memory") 1)
  (func (export "take") (param i32) (result i32) (i32.const 8))
  (func (export "greet") (param i32 i32 i32) (result i32) (i32.const 0)))
;; STDERR
;;| %s:wattle.bind:2:8: error[W0513]: type of a binding: function "greet" is [i32 i32 i32] -> [i32], this clause needs [i32 i32 i64] -> [i32 i32]
;;|      2 | export greet(name: string, times: u64) -> string;
;;|        |        ^~~~~
;;|   hint: or no results, and one more parameter: where they are put
