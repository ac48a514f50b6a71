;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param i32) (result i32)
    get_local 0))
;; STDERR
;;| %s:5:5: error[W0109]: unknown operator get_local, expected an instruction
;;|      5 |     get_local 0))
;;|        |     ^~~~~~~~~
;;|   hint: it is called `local.get` now
;;|   fix: write local.get here
