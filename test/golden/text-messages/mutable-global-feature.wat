;; RUN: wattle validate --features none %s
;; EXIT: 1
(module
  (global $g (mut i32) (i32.const 0))
  (export "g" (global $g)))
;; STDERR
;;| %s:5:3: error[W0352]: feature needed: mutable-globals, to export a mutable global
;;|      5 |   (export "g" (global $g)))
;;|        |   ^~~~~~~
