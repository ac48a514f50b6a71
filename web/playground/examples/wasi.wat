;; WASI gives programs what an operating system has: streams, files,
;; clocks. A program exports _start. This one greets the names in its
;; standard input, a line each.
(module
  (import "wasi_snapshot_preview1" "fd_read"
    (func $fd_read (param $fd i32) (param $vectors i32) (param $count i32) (param $done i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $vectors i32) (param $count i32) (param $done i32) (result i32)))

  (memory (export "memory") 1)
  ;; 0: address and size of a piece; 8: how much was done; 64: the
  ;; texts; 1024: the input
  (data (i32.const 64) "Hello, ")
  (data (i32.const 80) "!\0a")

  (func $write (param $at i32) (param $size i32)
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (local.get $size))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func $greet (param $at i32) (param $size i32)
    (if (local.get $size)
      (then
        (call $write (i32.const 64) (i32.const 7))
        (call $write (local.get $at) (local.get $size))
        (call $write (i32.const 80) (i32.const 2)))))

  (func (export "_start")
    (local $start i32) (local $at i32) (local $end i32)
    ;; all of the input at once
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 60000))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (local.set $end (i32.add (i32.const 1024) (i32.load (i32.const 8))))
    (local.set $start (i32.const 1024))
    (local.set $at (local.get $start))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 10))
            (then
              (call $greet (local.get $start) (i32.sub (local.get $at) (local.get $start)))
              (local.set $start (i32.add (local.get $at) (i32.const 1)))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $next))))
    (call $greet (local.get $start) (i32.sub (local.get $end) (local.get $start)))))
