;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 3 2))
;; STDERR
;;| %s:4:3: error[W0323]: size minimum must not be greater than maximum: 3 is greater than 2
;;|      4 |   (memory 3 2))
;;|        |   ^~~~~~~
