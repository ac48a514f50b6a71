;; RUN: wattle validate %s
;; EXIT: 1
<!DOCTYPE html>
<html><body>404</body></html>
;; STDERR
;;| %s:3:1: error[W0109]: unknown operator <!DOCTYPE, expected `(module` or a module field
;;|      3 | <!DOCTYPE html>
;;|        | ^~~~~~~~~
