;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    block $outer
      nop
    end $inner))
