;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $a))
)
;; STDERR
;;| %s:5:1: error[W0110]: unexpected token: found `)`, expected the end of the text
;;|      5 | )
;;|        | ^
