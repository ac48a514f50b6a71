;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func $f)
  (export "run" (func $f))
  (memory 1)
  (export "run" (memory 0)))
;; STDERR
;;| %s:7:3: error[W0317]: duplicate export name: "run"
;;|      7 |   (export "run" (memory 0)))
;;|        |   ^~~~~~~
;;|   %s:5:3: note: first exported here
;;|      5 |   (export "run" (func $f))
;;|        |   ^~~~~~~
