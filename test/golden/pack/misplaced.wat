;; RUN: wattle validate --diagnostics=brief %s
;; EXIT: 1
(module
  (func (@bind "(x: f64)"))
  (func (export "f") nop (@bind "()") nop)
  (func (export "g\22") (@bind "()"))
  (table (@bind "()") 1 funcref)
  (@bind))
;; STDERR
;;| %s:4:9: error[W0508]: @bind annotation: there is no (export or (import in this header, which it could be about
;;| %s:5:26: error[W0508]: @bind annotation: it stands between the fields of a module, or in the header of a function or import
;;| %s:6:25: error[W0508]: @bind annotation: a name with quotes or more than one line has no clause
;;| %s:7:10: error[W0508]: @bind annotation: it stands between the fields of a module, or in the header of a function or import
;;| %s:8:3: error[W0508]: @bind annotation: clauses in quotes are missing
