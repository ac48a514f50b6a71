;; What has no sense ends the program: a trap. Nothing inside can
;; catch it, and memory stays as it was. Run each of these, in both
;; engines.
(module
  (memory 1)
  (table 1 funcref)
  (type $plain (func))

  (func (export "divide") (param $x i32) (param $y i32) (result i32)
    (i32.div_s (local.get $x) (local.get $y)))

  ;; One page has the addresses 0 to 65535.
  (func (export "load") (param $at i32) (result i32)
    (i32.load (local.get $at)))

  ;; Conversions trap as well, unless they are the saturating kind.
  (func (export "truncate") (param $x f64) (result i32)
    (i32.trunc_f64_s (local.get $x)))
  (func (export "saturate") (param $x f64) (result i32)
    (i32.trunc_sat_f64_s (local.get $x)))

  (func (export "call_nothing")
    (call_indirect (type $plain) (i32.const 0)))

  (func $deeper (export "too_deep") (call $deeper))

  (func (export "never")
    (unreachable)))
