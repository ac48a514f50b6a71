;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    nop
    else
    nop
    end))
