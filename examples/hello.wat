;; The smallest WASI program: one string, one call.
;;
;;     wattle run examples/hello.wat
;;
;; A module cannot print by itself.  It imports `fd_write` from its host and hands it the address
;; of a list of (pointer, length) pairs; here the list has one pair, the second data segment.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param $fd i32) (param $list i32) (param $count i32) (param $written i32)
      (result i32)))

  (memory (export "memory") 1)              ;; one page of 64 KiB; the host reads the text from it

  (data (i32.const 16) "Hello from the wattle tree!\n")
  (data (i32.const 0) "\10\00\00\00"        ;; the pair: the text is at 16 (little endian) ...
                      "\1c\00\00\00")       ;; ... and is 28 bytes long

  (func (export "_start")
    (call $fd_write
      (i32.const 1)                         ;; 1 is standard output
      (i32.const 0)                         ;; the list is at address 0
      (i32.const 1)                         ;; with one pair
      (i32.const 8))                        ;; the host writes the count of bytes written here
    drop))
