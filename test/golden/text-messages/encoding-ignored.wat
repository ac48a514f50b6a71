;; RUN: wattle validate %s
(module
  (func
    nop
    (@wattle.encoding "\41\80\00") i32.const 1
    drop))
;; STDERR
;;| %s:5:5: warning[W0905]: @wattle.encoding annotation ignored: its bytes are not those of the instruction behind it
;;|      5 |     (@wattle.encoding "\41\80\00") i32.const 1
;;|        |     ^~~~~~~~~~~~~~~~~
