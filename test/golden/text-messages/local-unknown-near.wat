;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param $width i32) (result i32)
    local.get $widht))
;; STDERR
;;| %s:5:15: error[W0144]: unknown local $widht
;;|      5 |     local.get $widht))
;;|        |               ^~~~~~
;;|   %s:4:16: note: did you mean `$width`, defined here?
;;|      4 |   (func (param $width i32) (result i32)
;;|        |                ^~~~~~
;;|   fix: write $width here
