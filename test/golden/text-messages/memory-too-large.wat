;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 65537))
;; STDERR
;;| %s:4:3: error[W0321]: memory size must be at most 65536 pages (4GiB), not 65537
;;|      4 |   (memory 65537))
;;|        |   ^~~~~~~
