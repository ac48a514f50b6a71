;; A picture in colours: four bytes a pixel, red, green, blue,
;; opacity. Each frame is a function of place and time, and all of it
;; is arithmetic of bytes.
(module
  (memory (export "memory") 4)
  (global $time (mut i32) (i32.const 0))

  ;; A wave of 256 steps, made of a parabola: 0 … 255 … 0
  (func $wave (param $x i32) (result i32)
    (local $y i32)
    (local.set $y (i32.sub (i32.and (local.get $x) (i32.const 255)) (i32.const 128)))
    (i32.shr_u
      (i32.mul (i32.mul (local.get $y) (local.get $y)) (i32.const 255))
      (i32.const 14)))

  (func (export "frame")
    (local $x i32) (local $y i32) (local $v i32) (local $at i32)
    (loop $row
      (local.set $x (i32.const 0))
      (loop $column
        (local.set $v
          (i32.add
            (i32.add
              (call $wave (i32.add (local.get $x) (global.get $time)))
              (call $wave (i32.sub (i32.shl (local.get $y) (i32.const 1)) (global.get $time))))
            (call $wave (i32.add (i32.add (local.get $x) (local.get $y)) (i32.shl (global.get $time) (i32.const 1))))))
        ;; 0xAABBGGRR
        (i32.store (local.get $at)
          (i32.or
            (i32.or
              (i32.const 0xff000000)
              (i32.shl (call $wave (i32.shr_u (local.get $v) (i32.const 1))) (i32.const 16)))
            (i32.or
              (i32.shl (call $wave (local.get $v)) (i32.const 8))
              (i32.shr_u (call $wave (i32.add (local.get $v) (i32.const 85))) (i32.const 1)))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br_if $column (i32.lt_u (local.get $x) (i32.const 200))))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $y) (i32.const 150))))
    (global.set $time (i32.add (global.get $time) (i32.const 2)))))
