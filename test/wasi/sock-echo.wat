;; A socket that listens: nobody comes, then somebody does; peeking, waiting for all, sending,
;; writing, the end of the stream, and what is refused.
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_recv"
    (func $recv (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_send" (func $send (param i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sock_shutdown" (func $shutdown (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $flags (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\00\01\00\00\20\00\00\00")  ;; an iovec: 256, 32 bytes
  (data (i32.const 8) "\00\01\00\00\0a\00\00\00")  ;; the same, 10 bytes
  (data (i32.const 16) "\00\02\00\00\04\00\00\00") ;; 512, "more"
  (data (i32.const 24) "\00\01\00\00\05\00\00\00") ;; 256, 5 bytes
  (data (i32.const 512) "more")
  (data (i32.const 600) "\01\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\03\00\00\00") ;; to read 3
  (func $ok (param i32) (if (local.get 0) (then (unreachable))))
  (func $is (param i32 i32) (if (i32.ne (local.get 0) (local.get 1)) (then (unreachable))))
  (func (export "_start")
    (call $is (call $prestat (i32.const 3) (i32.const 700)) (i32.const 8))
    (call $ok (call $fdstat (i32.const 3) (i32.const 700)))
    (call $is (i32.load8_u (i32.const 700)) (i32.const 6)) ;; a stream socket
    (call $is (call $recv (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 0) (i32.const 32)
      (i32.const 36)) (i32.const 28))
    (call $is (call $shutdown (i32.const 3) (i32.const 1)) (i32.const 28))
    ;; nobody is there yet: the client waits for a word on the standard output
    (call $ok (call $flags (i32.const 3) (i32.const 4)))
    (call $is (call $accept (i32.const 3) (i32.const 0) (i32.const 40)) (i32.const 6))
    (call $ok (call $flags (i32.const 3) (i32.const 0)))
    (call $ok (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 32)))
    (call $ok (call $poll (i32.const 600) (i32.const 640) (i32.const 1) (i32.const 32)))
    (call $is (i32.load (i32.const 32)) (i32.const 1))
    (call $is (call $accept (i32.const 3) (i32.const 1) (i32.const 40)) (i32.const 28))
    (call $ok (call $accept (i32.const 3) (i32.const 0) (i32.const 40)))
    (call $is (i32.load (i32.const 40)) (i32.const 4))
    (call $is (call $accept (i32.const 4) (i32.const 0) (i32.const 40)) (i32.const 28))
    (call $is (call $seek (i32.const 4) (i64.const 0) (i32.const 0) (i32.const 40)) (i32.const 70))
    ;; five bytes come, then five more
    (call $ok (call $recv (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 1) (i32.const 32)
      (i32.const 36)))
    (call $is (i32.load8_u (i32.const 256)) (i32.const 0x68))
    (call $ok (call $recv (i32.const 4) (i32.const 8) (i32.const 1) (i32.const 2) (i32.const 32)
      (i32.const 36)))
    (call $is (i32.load (i32.const 32)) (i32.const 10))
    (call $is (i32.load16_u (i32.const 36)) (i32.const 0))
    (call $is (call $recv (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 4) (i32.const 32)
      (i32.const 36)) (i32.const 28))
    ;; back they go, and a word behind them
    (call $is (call $send (i32.const 4) (i32.const 8) (i32.const 1) (i32.const 1) (i32.const 32))
      (i32.const 28))
    (call $ok (call $send (i32.const 4) (i32.const 8) (i32.const 1) (i32.const 0) (i32.const 32)))
    (call $is (i32.load (i32.const 32)) (i32.const 10))
    (call $ok (call $write (i32.const 4) (i32.const 16) (i32.const 1) (i32.const 32)))
    (call $is (call $shutdown (i32.const 4) (i32.const 0)) (i32.const 28))
    (call $is (call $shutdown (i32.const 4) (i32.const 4)) (i32.const 28))
    (call $ok (call $shutdown (i32.const 4) (i32.const 2)))
    (call $is (call $send (i32.const 4) (i32.const 8) (i32.const 1) (i32.const 0) (i32.const 32))
      (i32.const 64)) ;; pipe
    (call $ok (call $read (i32.const 4) (i32.const 0) (i32.const 1) (i32.const 32)))
    (call $is (i32.load (i32.const 32)) (i32.const 0)) ;; the client has closed
    (call $ok (call $close (i32.const 4)))
    (call $ok (call $close (i32.const 3)))
    (call $is (call $accept (i32.const 3) (i32.const 0) (i32.const 40)) (i32.const 8))
    (call $is (call $accept (i32.const 1) (i32.const 0) (i32.const 40)) (i32.const 57))))
