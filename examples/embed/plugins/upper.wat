;; Answers with the text in capital letters.
(module
  (import "host" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (global (export "buffer") i32 (i32.const 256))
  (func (export "run") (param $len i32) (local $i i32) (local $c i32)
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $i) (local.get $len)))
        (local.set $c (i32.load8_u offset=256 (local.get $i)))
        (if (i32.lt_u (i32.sub (local.get $c) (i32.const 97)) (i32.const 26))
          (then (i32.store8 offset=256 (local.get $i) (i32.sub (local.get $c) (i32.const 32)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (call $reply (i32.const 256) (local.get $len))))
