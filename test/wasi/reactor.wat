;; _initialize is called once, before the export that is asked for.
(module
  (global $ready (mut i32) (i32.const 40))
  (func (export "_initialize") (global.set $ready (i32.add (global.get $ready) (i32.const 1))))
  (func (export "get") (param i32) (result i32) (i32.add (global.get $ready) (local.get 0))))
