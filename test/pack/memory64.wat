;; Addresses of 64 bits, an imported function that is given by the user, and a memory that grows.
(module
  (@bind "alloc \"take\";"
         "export count(text: string) -> u32;"
         "export text() -> view u8[size()];"
         "export size() -> u32;"
         "import \"env\" \"log\" (text: string, times: u64 number);")
  (import "env" "log" (func $log (param i64 i64 i64)))
  (import "env" "scale" (global $scale f64))
  (memory (export "memory") i64 1)
  (global $next (mut i64) (i64.const 1024))
  (global $at (mut i64) (i64.const 0))
  (global $len (mut i64) (i64.const 0))
  (func (export "take") (param $size i64) (result i64)
    (local $at i64)
    (local.set $at (global.get $next))
    (global.set $next (i64.add (local.get $at) (local.get $size)))
    (drop (memory.grow (i64.const 1)))
    (local.get $at))
  (func (export "count") (param $at i64) (param $len i64) (result i32)
    (global.set $at (local.get $at))
    (global.set $len (local.get $len))
    (call $log (local.get $at) (local.get $len) (i64.const 2))
    (i32.wrap_i64 (local.get $len)))
  (func (export "text") (result i64) (global.get $at))
  (func (export "size") (result i32) (i32.wrap_i64 (global.get $len)))
  (func (export "scaled") (param f64) (result f64) (f64.mul (local.get 0) (global.get $scale))))
