;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (local $a i32) local.get $a"x" drop))
