;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func
    (block $done
      (br $dome))))
