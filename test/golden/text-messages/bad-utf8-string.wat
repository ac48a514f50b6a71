;; RUN: wattle validate %s
;; EXIT: 1
(module
  (import "aÿ" "b" (func)))
;; STDERR
;;| %s:4:13: error[W0101]: malformed UTF-8 encoding: byte 0xff in a string
;;|      4 |   (import "aï¿½" "b" (func)))
;;|        |             ^
