;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param $width i32) (result i32)
    local.get $widht))
