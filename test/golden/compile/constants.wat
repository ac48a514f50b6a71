;; Constants stand behind the instructions, and are shown as what they are: bytes, once each.
;; RUN: wattle compile --print=asm --cpu generic %s | sed -n 's/^ *[0-9a-f]*0:\(\( [0-9a-f][0-9a-f]\)\{16\}\)$/\1/p'
(module
  (func (param v128) (result v128)
    (i32x4.add (local.get 0) (v128.const i32x4 1 2 3 4)))
  (func (param v128) (result v128)
    (i32x4.add (v128.const i32x4 5 6 7 8)
      (i32x4.mul (local.get 0) (v128.const i32x4 5 6 7 8)))))
;; STDOUT
;;|  01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00
;;|  05 00 00 00 06 00 00 00 07 00 00 00 08 00 00 00
