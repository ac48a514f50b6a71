;; Takes all the memory it is given, and tells how many pages that are.
(module
  (import "host" "log" (func $log (param i32)))
  (import "host" "reply" (func $reply (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 2048) "no more")
  (global (export "buffer") i32 (i32.const 0))
  (func (export "run") (param i32)
    (loop $more
      (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
    (call $log (memory.size))
    (call $reply (i32.const 2048) (i32.const 7))))
