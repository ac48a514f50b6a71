;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1)
  (data (i32.const 0) "a\qb"))
;; STDERR
;;| %s:5:25: error[W0108]: illegal escape: known are \t \n \r \" \' \\ \hh and \u{h...}
;;|      5 |   (data (i32.const 0) "a\qb"))
;;|        |                         ^~
