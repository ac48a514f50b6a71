;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    (block $done
      (br $dome))))
;; STDERR
;;| %s:6:11: error[W0137]: unknown label $dome
;;|      6 |       (br $dome))))
;;|        |           ^~~~~
;;|   %s:5:12: note: did you mean `$done`, defined here?
;;|      5 |     (block $done
;;|        |            ^~~~~
;;|   fix: write $done here
