;; features: 1.0,+threads
;; What later versions of WebAssembly allow, and version 1.0 with threads refuses.

(assert_invalid (module (memory 1) (memory 1)) "multiple memories")
(assert_invalid (module (import "a" "b" (memory 1)) (memory 1)) "multiple memories")
(assert_invalid (module (table 1 funcref) (table 1 funcref)) "multiple tables")
(assert_invalid (module (memory 1 shared)) "shared memory must have maximum")
(assert_invalid (module (type (func (result i32 i32)))) "invalid result arity")
(assert_malformed (module quote "(func (v128.const i32x4 0 0 0 0) drop)") "unknown operator")
(assert_malformed (module quote "(func return_call 0)") "unknown operator")
(assert_malformed (module quote "(func (param i32) (ref.is_null (local.get 0)) drop)")
  "unknown operator")
(module (memory 1 2 shared)
  (func (param i32) (result i32) (i32.atomic.rmw.add (local.get 0) (i32.const 1))))
