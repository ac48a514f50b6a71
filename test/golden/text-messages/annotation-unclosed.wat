;; RUN: wattle validate %s
;; EXIT: 1
(module
  (@note (func $f)
;; STDERR
;;| %s:4:3: error[W0105]: unclosed annotation: its `)` is missing
;;|      4 |   (@note (func $f)
;;|        |   ^~~~~~
