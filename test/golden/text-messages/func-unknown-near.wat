;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $count)
  (func (call $cuont)))
;; STDERR
;;| %s:5:15: error[W0139]: unknown function $cuont
;;|      5 |   (func (call $cuont)))
;;|        |               ^~~~~~
;;|   %s:4:9: note: did you mean `$count`, defined here?
;;|      4 |   (func $count)
;;|        |         ^~~~~~
;;|   fix: write $count here
