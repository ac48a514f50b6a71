;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f)
  (import "env" "g" (func)))
;; STDERR
;;| %s:5:3: error[W0121]: import after function: imports come before definitions
;;|      5 |   (import "env" "g" (func)))
;;|        |   ^~~~~~~
;;|   %s:4:3: note: the first definition is here
;;|      4 |   (func $f)
;;|        |   ^~~~~
