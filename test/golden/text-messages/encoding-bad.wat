;; RUN: wattle validate %s
;; EXIT: 1
(module
  (@wattle.encoding nonsense)
  (func (nop)))
;; STDERR
;;| %s:4:3: error[W0506]: @wattle.encoding annotation: a word for what it is about is missing
;;|      4 |   (@wattle.encoding nonsense)
;;|        |   ^~~~~~~~~~~~~~~~~
