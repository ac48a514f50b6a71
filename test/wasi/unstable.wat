;; wasi_unstable: other numbers of whence, a filestat of 56 bytes, a clock subscription with an
;; identifier in front (56 bytes).
(module
  (import "wasi_unstable" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
  (import "wasi_unstable" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "file.txt")
  (data (i32.const 100) "\00\00\00\00\ff\ff\ff\ff") ;; around the filestat of 56 bytes at 104
  (data (i32.const 160) "\ff\ff\ff\ff\ff\ff\ff\ff")
  ;; two subscriptions to the monotonic clock, one for an hour, one for a millisecond
  (data (i32.const 200) "\11\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00"
    "\07\00\00\00\00\00\00\00" "\01\00\00\00\00\00\00\00" "\00\a0\b8\30\46\03\00\00"
    "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00")
  (data (i32.const 256) "\22\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00"
    "\08\00\00\00\00\00\00\00" "\01\00\00\00\00\00\00\00" "\40\42\0f\00\00\00\00\00"
    "\00\00\00\00\00\00\00\00" "\00\00\00\00\00\00\00\00")
  (func $ok (param i32) (if (local.get 0) (then (unreachable))))
  (func $seek_to (param $offset i64) (param $whence i32) (param $position i64)
    (call $ok (call $seek (global.get $fd) (local.get $offset) (local.get $whence) (i32.const 32)))
    (if (i64.ne (i64.load (i32.const 32)) (local.get $position)) (then (unreachable))))
  (global $fd (mut i32) (i32.const 0))
  (func (export "_start")
    (call $ok (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 0)
      (i64.const -1) (i64.const 0) (i32.const 0) (i32.const 16)))
    (global.set $fd (i32.load (i32.const 16)))
    (call $seek_to (i64.const 3) (i32.const 2) (i64.const 3))   ;; set
    (call $seek_to (i64.const 4) (i32.const 0) (i64.const 7))   ;; cur
    (call $seek_to (i64.const -5) (i32.const 1) (i64.const 10)) ;; end
    (call $ok (call $stat (global.get $fd) (i32.const 104)))
    (if (i64.ne (i64.load (i32.const 128)) (i64.const 15)) (then (unreachable))) ;; size at 24
    (if (i32.ne (i32.load (i32.const 124)) (i32.const 1)) (then (unreachable)))  ;; nlink at 20
    (if (i32.ne (i32.load8_u (i32.const 120)) (i32.const 4)) (then (unreachable)))
    (if (i64.ne (i64.load (i32.const 160)) (i64.const -1)) (then (unreachable))) ;; untouched
    (call $ok (call $poll (i32.const 200) (i32.const 400) (i32.const 2) (i32.const 500)))
    (if (i32.ne (i32.load (i32.const 500)) (i32.const 1)) (then (unreachable)))
    (if (i64.ne (i64.load (i32.const 400)) (i64.const 0x22)) (then (unreachable)))))
