;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $café))
;; STDERR
;;| %s:4:13: error[W0102]: illegal character: U+00E9 may stand in strings and comments only; an identifier takes it in quotes, $"é"
;;|      4 |   (func $café))
;;|        |             ^
