;; RUN: wattle validate --diagnostics=brief %s
;; EXIT: 1
(module
  (func (@bind "export f();") (export "f"))
  (@bind))
;; STDERR
;;| %s:4:9: error[W0508]: @bind annotation: it stands between the fields of a module
;;| %s:5:3: error[W0508]: @bind annotation: clauses in quotes are missing
