;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (result i32)
    i32.const 1
    i32.const 2
    i32.addd))
;; STDERR
;;| %s:7:5: error[W0109]: unknown operator i32.addd, expected an instruction
;;|      7 |     i32.addd))
;;|        |     ^~~~~~~~
;;|   hint: did you mean `i32.add`?
;;|   fix: write i32.add here
