;; RUN: wattle validate %s
;; EXIT: 1
(module
  (; this comment never ends
  (func))
;; STDERR
;;| %s:4:3: error[W0104]: unclosed comment: `;)` is missing
;;|      4 |   (; this comment never ends
;;|        |   ^~
