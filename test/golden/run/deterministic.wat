;; RUN: wattle run --deterministic --invoke scalar %s 0xffa12345
;; RUN: wattle run --deterministic --invoke double %s 0xfff4123400000001
;; RUN: wattle run --deterministic --invoke vector %s 0xffa12345 0xfff4123400000001
;; RUN: wattle run --deterministic --invoke kept %s 0xffa12345
;; A NaN that arithmetic makes is the positive canonical one; operations on bits keep theirs, and
;; numbers stay what they are.
(module
  (func (export "scalar") (param $bits i32) (result i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)
    (local $x f32)
    (local.set $x (f32.reinterpret_i32 (local.get $bits)))
    (i32.reinterpret_f32 (f32.add (local.get $x) (f32.const 1)))
    (i32.reinterpret_f32 (f32.sub (f32.const 1) (local.get $x)))
    (i32.reinterpret_f32 (f32.mul (f32.const inf) (f32.const 0)))
    (i32.reinterpret_f32 (f32.div (f32.const 0) (f32.const 0)))
    (i32.reinterpret_f32 (f32.min (local.get $x) (f32.const 1)))
    (i32.reinterpret_f32 (f32.max (f32.const 1) (local.get $x)))
    (i32.reinterpret_f32 (f32.sqrt (f32.const -1)))
    (i32.reinterpret_f32 (f32.ceil (local.get $x)))
    (i32.reinterpret_f32 (f32.floor (local.get $x)))
    (local.set $x (f32.trunc (local.get $x)))
    (i32.reinterpret_f32 (local.get $x))
    (i32.reinterpret_f32 (f32.nearest (f32.neg (local.get $x))))
    (i32.reinterpret_f32 (f32.demote_f64 (f64.const nan:0x4000000000001))))
  (func (export "double") (param $bits i64) (result i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local $x f64)
    (local.set $x (f64.reinterpret_i64 (local.get $bits)))
    (i64.reinterpret_f64 (f64.add (local.get $x) (f64.const 1)))
    (i64.reinterpret_f64 (f64.sub (f64.const 1) (local.get $x)))
    (i64.reinterpret_f64 (f64.mul (f64.const inf) (f64.const 0)))
    (i64.reinterpret_f64 (f64.div (f64.const 0) (f64.const 0)))
    (i64.reinterpret_f64 (f64.min (local.get $x) (f64.const 1)))
    (i64.reinterpret_f64 (f64.max (f64.const 1) (local.get $x)))
    (i64.reinterpret_f64 (f64.sqrt (f64.const -1)))
    (i64.reinterpret_f64 (f64.ceil (local.get $x)))
    (i64.reinterpret_f64 (f64.floor (local.get $x)))
    (i64.reinterpret_f64 (f64.trunc (local.get $x)))
    (i64.reinterpret_f64 (f64.nearest (local.get $x)))
    (i64.reinterpret_f64 (f64.promote_f32 (f32.const -nan:0x200001))))
  (func (export "vector") (param $a i32) (param $b i64) (result v128 v128 v128 v128 v128 v128 v128 v128)
    (local $x v128) (local $y v128)
    (local.set $x (i32x4.replace_lane 1 (v128.const f32x4 1 1 1 1) (local.get $a)))
    (local.set $y (i64x2.replace_lane 1 (v128.const f64x2 1 1) (local.get $b)))
    (f32x4.add (f32x4.mul (local.get $x) (v128.const f32x4 2 2 2 2)) (v128.const f32x4 1 1 1 1))
    (f32x4.sub (f32x4.div (local.get $x) (v128.const f32x4 2 2 2 2)) (v128.const f32x4 1 1 1 1))
    (f32x4.sqrt (f32x4.ceil (f32x4.floor (local.get $x))))
    (f32x4.nearest (f32x4.trunc (local.get $x)))
    (f64x2.add (f64x2.mul (local.get $y) (v128.const f64x2 2 2)) (f64x2.sqrt (f64x2.ceil (local.get $y))))
    (f64x2.div (f64x2.sub (local.get $y) (v128.const f64x2 2 2)) (f64x2.floor (local.get $y)))
    (f32x4.demote_f64x2_zero (f64x2.nearest (f64x2.trunc (local.get $y))))
    (f64x2.promote_low_f32x4 (local.get $x)))
  (func (export "kept") (param $bits i32) (result i32 i32 i32 f32 v128)
    (local $x f32)
    (local.set $x (f32.reinterpret_i32 (local.get $bits)))
    (i32.reinterpret_f32 (f32.neg (local.get $x)))
    (i32.reinterpret_f32 (f32.abs (local.get $x)))
    (i32.reinterpret_f32 (f32.copysign (local.get $x) (f32.const 1)))
    (f32.add (f32.const 1.5) (f32.const 2))
    (f32x4.pmin (i32x4.splat (local.get $bits)) (v128.const f32x4 1 1 1 1))))
;; STDOUT
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 2143289344
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 9221120237041090560
;;| 0x40400000404000007fc0000040400000
;;| 0xbf000000bf0000007fc00000bf000000
;;| 0x3f8000003f8000007fc000003f800000
;;| 0x3f8000003f8000007fc000003f800000
;;| 0x7ff80000000000004008000000000000
;;| 0x7ff8000000000000bff0000000000000
;;| 0x00000000000000007fc000003f800000
;;| 0x7ff80000000000003ff0000000000000
;;| 2141266757
;;| 2141266757
;;| 2141266757
;;| 3.5
;;| 0xffa12345ffa12345ffa12345ffa12345
