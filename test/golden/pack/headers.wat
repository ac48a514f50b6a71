;; @bind in headers: the clause of what is exported or imported there, without its name.
;; RUN: wattle bind %s
(module
  (@bind "alloc \"take\"; class Life free \"drop\";")
  (import "env" "now" (func $now (@bind "= performance.now () -> f64") (result f64)))
  (import "env" "level" (@bind "from \"./settings.js\"") (global $level i32))
  (func $log (import "env" "log") (@bind "from \"./log.js\" write (text: string)") (param i32 i32))
  (func $wait (@bind "async = sleep (ms: f64)") (import "env" "wait") (param f64))
  (memory (export "memory") 1)
  (func (export "take") (param $size i32) (result i32) (i32.const 16))
  (func (export "drop") (@bind "hidden") (param i32))
  (func (export "make") (@bind "as Life.new(size: u32)") (param i32) (@bind "-> Life")
    (result i32) (i32.const 64))
  (func $size (export "size") (@bind "as Life.size(self) -> u32;") (param i32) (result i32)
    (local $x i32) (@bind "") (local.get $x))
  (func (@bind "(text: string) -> bool" "# two names") (export "a") (export "b") (param i32 i32)
    (result i32) (i32.const 1))
  (func (export "slow") (param f64) (@bind "async (ms: f64)"))
  (func (export "plain")))
;; STDOUT
;;| memory "memory";
;;| alloc "take";
;;| class Life free "drop";
;;| import "env" "now" = performance.now () -> f64;
;;| # import "env" "level": global
;;| import "env" "log" from "./log.js" write (text: string);
;;| import "env" "wait" async = sleep (ms: f64);
;;| # export "memory": memory
;;| export hidden "drop";
;;| export "make" as Life.new(size: u32) -> Life;
;;| export "size" as Life.size(self) -> u32;
;;| export "a" (text: string) -> bool;
;;| export "b" (text: string) -> bool;
;;| export async "slow" (ms: f64);
;;| export "plain" ();
