;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    block $outer
      nop
    end $inner))
;; STDERR
;;| %s:7:9: error[W0119]: mismatching label: $inner
;;|      7 |     end $inner))
;;|        |         ^~~~~~
;;|   %s:5:11: note: this block is labelled $outer
;;|      5 |     block $outer
;;|        |           ^~~~~~
;;|   fix: write $outer here
