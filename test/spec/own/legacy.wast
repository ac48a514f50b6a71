;; features: 3.0,+legacy-exceptions
;; The exception handling that was shipped before try_table.

(module
  (tag $e (param i32))
  (func (result i32) (try (result i32) (do (i32.const 1)) (catch $e) (catch_all (i32.const 2))))
  (func (try $l (do (throw $e (i32.const 1))) (catch_all (rethrow $l))))
  (func (try $l (do (try (do (throw $e (i32.const 1))) (delegate $l))) (catch $e (drop))))
  (func (try (do nop)))
  (func try end))
(assert_invalid (module (func (rethrow 0))) "invalid rethrow label")
(assert_invalid (module (func (block (rethrow 0)))) "invalid rethrow label")
(assert_invalid (module (func (try (do (rethrow 0)) (catch_all)))) "invalid rethrow label")
(assert_invalid (module (tag $e (param i32)) (func (try (do) (catch $e)))) "type mismatch")
(assert_invalid (module (func (try (do) (catch 0)))) "unknown tag")
(assert_invalid (module (func try nop delegate 5)) "unknown label")
(assert_malformed (module quote "(func try catch_all catch_all end)") "unexpected token")
(assert_malformed (module quote "(func catch_all)") "unexpected token")
