;; features: 3.0,+stack-switching
;; Made by scripts/gen_own_scripts.py from src/wasm/ops.def: do not edit.

(module
  (type $f (func (result i32)))
  (type $f1 (func (param i32) (result i32)))
  (type $c (cont $f))
  (type $c1 (cont $f1))
  (type $fs (func (param (ref null $c)) (result i32)))
  (type $cs (cont $fs))
  (tag $e (param i32) (result i32))
  (tag $x (param i32))
  (tag $sw (result i32))
  (func (export "cont_new") (param (ref null $f)) (result (ref $c)) (cont.new $c (local.get 0)))
  (func (export "cont_bind") (param (ref null $c1)) (result (ref $c)) (cont.bind $c1 $c (i32.const 1) (local.get 0)))
  (func (export "suspend") (result i32) (suspend $e (i32.const 1)))
  (func (export "resume") (param (ref null $c)) (result i32) (block $l (result i32 (ref null $c1)) (return (resume $c (on $e $l) (local.get 0)))) (drop))
  (func (export "resume_throw") (param (ref null $c)) (result i32) (resume_throw $c $x (i32.const 1) (local.get 0)))
  (func (export "resume_throw_ref") (param exnref (ref null $c)) (result i32) (resume_throw_ref $c (local.get 0) (local.get 1)))
  (func (export "switch") (param (ref null $cs)) (switch $cs $sw (local.get 0)))
)
