;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param i32)
    (if (local.get 0)
      (nop))))
;; STDERR
;;| %s:6:12: error[W0110]: unexpected token: found `)`, expected (then or an operand in parentheses
;;|      6 |       (nop))))
;;|        |            ^
