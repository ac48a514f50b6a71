;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    nop
    else
    nop
    end))
;; STDERR
;;| %s:6:5: error[W0110]: unexpected token: found `else`, but no `if` is open here
;;|      6 |     else
;;|        |     ^~~~
