;; RUN: mkdir -p d && printf 'some text' > d/file && wattle run --deterministic --trace --dir d %s one
;; RUN: wattle run --trace=colours %s; test $? = 2
;; EXIT: 7
;; Each call with its arguments, its results or the name of its error, told when it is over.
(module
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock_time_get (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_close" (func $fd_close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fd_fdstat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $fd_filestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $fd_prestat_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $fd_prestat_dir_name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_unstable" "fd_seek" (func $old_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_rename" (func $path_rename (param i32 i32 i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "sched_yield" (func $sched_yield (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "file" "no\0athing\22\ff" "a longer text than anybody wants to see whole in one line of a trace")
  (data (i32.const 512) "\00\00\00\00\04\00\00\00" "\0f\00\00\00\44\00\00\00")
  (data (i32.const 560) "\00\04\00\00\06\00\00\00" "\10\04\00\00\40\00\00\00")
  (data (i32.const 640) "\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\e8\03\00\00\00\00\00\00")
  (func (export "_start")
    (drop (call $environ_sizes_get (i32.const 2048) (i32.const 2052)))
    (drop (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 2048)))
    (drop (call $fd_prestat_get (i32.const 3) (i32.const 2048)))
    (drop (call $fd_prestat_get (i32.const 4) (i32.const 2048)))
    (drop (call $fd_prestat_dir_name (i32.const 3) (i32.const 2048) (i32.const 1)))
    (drop (call $path_open (i32.const 3) (i32.const 1) (i32.const 4) (i32.const 11) (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 2048)))
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 9) (i64.const 0x46) (i64.const 0) (i32.const 1) (i32.const 2048)))
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 0) (i64.const 0x200026) (i64.const 0) (i32.const 0) (i32.const 2048)))
    (drop (call $fd_write (i32.const 4) (i32.const 512) (i32.const 2) (i32.const 2048)))
    (drop (call $fd_read (i32.const 5) (i32.const 560) (i32.const 2) (i32.const 2048)))
    (drop (call $fd_seek (i32.const 5) (i64.const -2) (i32.const 1) (i32.const 2048)))
    (drop (call $old_seek (i32.const 5) (i64.const -2) (i32.const 1) (i32.const 2048)))
    (drop (call $fd_fdstat_get (i32.const 5) (i32.const 2048)))
    (drop (call $fd_filestat_get (i32.const 5) (i32.const 2048)))
    (drop (call $path_rename (i32.const 3) (i32.const 0) (i32.const 4) (i32.const 3) (i32.const 0x10000) (i32.const 1)))
    (drop (call $poll_oneoff (i32.const 640) (i32.const 1024) (i32.const 1) (i32.const 2048)))
    (drop (call $random_get (i32.const 2048) (i32.const 16)))
    (drop (call $sched_yield))
    (drop (call $fd_close (i32.const 99)))
    (call $proc_exit (i32.const 7))))
;; STDERR
;;| environ_sizes_get() = 0, 0
;;| clock_time_get(monotonic, 1) = 1000
;;| fd_prestat_get(3) = directory, a name of 1 bytes
;;| fd_prestat_get(4) = badf (8)
;;| fd_prestat_dir_name(3, "d") = 0
;;| path_open(3, follow, "no\nthing\"\ffa", 0, 0x2, 0x0, 0) = ilseq (25)
;;| path_open(3, 0, "file", creat|trunc, 0x46, 0x0, append) = 4
;;| path_open(3, 0, "file", 0, 0x200026, 0x0, 0) = 5
;;| fd_write(4, ["file", " longer text than anybody wants to see whole in "...]) = 72
;;| fd_read(5, ["file l", "onger text than anybody wants to see whole in on"...]) = 70
;;| fd_seek(5, -2, cur) = 68
;;| fd_seek(5, -2, end) = 70
;;| fd_fdstat_get(5) = regular file, 0
;;| fd_filestat_get(5) = regular file, 72 bytes
;;| path_rename(3, "file", 3, 0x10000) = fault (21)
;;| poll_oneoff([clock 1 in 1000 ns], 0x400, 1) = 1
;;| random_get(0x800, 16) = 0
;;| sched_yield() = 0
;;| fd_close(99) = badf (8)
;;| proc_exit(7)
