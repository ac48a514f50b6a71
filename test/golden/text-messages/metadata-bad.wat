;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (@metadata.code.trace inst) nop))
;; STDERR
;;| %s:4:9: error[W0507]: metadata annotation: @metadata.code.trace: unexpected token
;;|      4 |   (func (@metadata.code.trace inst) nop))
;;|        |         ^~~~~~~~~~~~~~~~~~~~~
