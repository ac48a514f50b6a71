;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a)
  (memory 1)

;; STDERR
;;| %s:3:1: error[W0111]: unexpected token: unclosed parenthesis: the `)` of this (module is missing
;;|      3 | (module
;;|        | ^~~~~~~
