;; A vector has 128 bits: four floats, sixteen bytes. One instruction
;; works on all of them.
(module
  (memory (export "memory") 1)
  (data (i32.const 0) "the letters of this text, sixteen at once, become capital ones..")

  ;; Letters a to z lose their bit 0x20, the others stay.
  (func (export "capitals") (param $size i32) (result i32)
    (local $at i32) (local $text v128) (local $small v128)
    (loop $next
      (local.set $text (v128.load (local.get $at)))
      ;; 0xff in each lane that has a small letter, else 0
      (local.set $small
        (v128.and
          (i8x16.ge_u (local.get $text) (i8x16.splat (i32.const 0x61)))
          (i8x16.le_u (local.get $text) (i8x16.splat (i32.const 0x7a)))))
      (v128.store (local.get $at)
        (v128.andnot
          (local.get $text)
          (v128.and (local.get $small) (i8x16.splat (i32.const 0x20)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $size))))
    (i32.load8_u (i32.const 0)))

  ;; Four products, then their sum
  (func (export "dot") (param $x f32) (param $y f32) (result f32)
    (local $products v128)
    (local.set $products
      (f32x4.mul
        (f32x4.replace_lane 1 (f32x4.splat (local.get $x)) (local.get $y))
        (v128.const f32x4 1 10 100 1000)))
    (f32.add
      (f32.add
        (f32x4.extract_lane 0 (local.get $products))
        (f32x4.extract_lane 1 (local.get $products)))
      (f32.add
        (f32x4.extract_lane 2 (local.get $products))
        (f32x4.extract_lane 3 (local.get $products))))))
