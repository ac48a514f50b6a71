;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $main (param i32))
  (start $main))
;; STDERR
;;| %s:5:3: error[W0336]: start function must take nothing and give nothing, but it has 1 parameters and 0 results
;;|      5 |   (start $main))
;;|        |   ^~~~~~~~~~~~
