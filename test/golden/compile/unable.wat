;; Stack switching has no machine code.
;; RUN: wattle compile --features +stack-switching %s | sed 's/: 1 functions.*/: 1 function/'
;; RUN: wattle compile --features +stack-switching --print=asm --func 1 %s
(module
  (type $f (func))
  (type $c (cont $f))
  (func)
  (func (param (ref $c)) (resume $c (local.get 0))))
;; STDOUT
;;| %s: 1 function
;;| %s: 1 more have instructions that machine code does not have
;;| machine code for x86-64, from the baseline compiler
;;|
;;| func[1]: an instruction that machine code does not have
;;|
