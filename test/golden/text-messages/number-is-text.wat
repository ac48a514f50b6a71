;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func i32.const one drop))
;; STDERR
;;| %s:4:19: error[W0109]: unknown operator one, expected an i32 number
;;|      4 |   (func i32.const one drop))
;;|        |                   ^~~
