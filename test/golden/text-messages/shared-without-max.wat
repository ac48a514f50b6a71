;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1 shared))
;; STDERR
;;| %s:4:3: error[W0327]: shared memory must have maximum
;;|      4 |   (memory 1 shared))
;;|        |   ^~~~~~~
