;; RUN: wattle run --invoke add %s 0x00000004000000030000000200000001 7 0x1000000010000000100000001
;; RUN: wattle run --invoke add %s 0xffffffff00000000 -1 0x12345678123456781234567812345678
;; RUN: wattle run --invoke add %s 0x 1 2
;; EXIT: 2
;; A vector as an argument and as a result: one number, the last lane first.
(module
  (func (export "add") (param v128 i32 v128) (result v128 i32)
    (i32x4.add (i32x4.add (local.get 0) (local.get 2)) (i32x4.splat (local.get 1)))
    (i32x4.extract_lane 1 (local.get 0))))
;; STDOUT
;;| 0x0000000c0000000b0000000a00000009
;;| 2
;;| 0x12345677123456771234567612345677
;;| -1
;; STDERR
;;| wattle run: argument 1 of add is no v128: '0x'
;;| wattle run: expected 0x and up to 32 hexadecimal digits, the last lane first
