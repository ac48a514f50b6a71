;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $count)
  (func (call $cuont)))
