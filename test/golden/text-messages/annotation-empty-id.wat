;; RUN: wattle validate %s
;; EXIT: 1
(module
  (@ x)
  (func))
;; STDERR
;;| %s:4:3: error[W0106]: empty annotation id: an annotation begins with `(@` and a name, without a space between
;;|      4 |   (@ x)
;;|        |   ^~
