;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f)
  (start $f)
  (start $f))
;; STDERR
;;| %s:6:3: error[W0126]: multiple start sections
;;|      6 |   (start $f))
;;|        |   ^~~~~~
;;|   %s:5:3: note: the first one is here
;;|      5 |   (start $f)
;;|        |   ^~~~~~
