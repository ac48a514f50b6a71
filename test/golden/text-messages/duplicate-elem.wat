;; RUN: wattle validate %s
;; EXIT: 1
(module (table 1 funcref)
  (elem $e func)
  (elem $e func)
  (data $d "a")
  (data $d "b"))
;; STDERR
;;| %s:5:9: error[W0135]: duplicate elem segment $e
;;|      5 |   (elem $e func)
;;|        |         ^~
;;|   %s:4:9: note: first defined here
;;|      4 |   (elem $e func)
;;|        |         ^~
;;| %s:7:9: error[W0136]: duplicate data segment $d
;;|      7 |   (data $d "b"))
;;|        |         ^~
;;|   %s:6:9: note: first defined here
;;|      6 |   (data $d "a")
;;|        |         ^~
