;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1 (pagesize 1)))
;; STDERR
;;| %s:4:13: error[W0109]: unknown operator: a page size needs feature custom-page-sizes
;;|      4 |   (memory 1 (pagesize 1)))
;;|        |             ^
