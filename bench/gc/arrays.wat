;; Arrays of references: a flat one of a million elements, and a thousand rows of a thousand, all
;; old. Single elements get new objects, and rows are replaced by changed copies.
(module
  (type $box (struct (field i32)))
  (type $row (array (mut (ref null $box))))
  (type $rows (array (mut (ref null $row))))
  (global $flat (mut (ref null $row)) (ref.null $row))
  (global $rows (mut (ref null $rows)) (ref.null $rows))
  (global $made (mut i32) (i32.const 0))
  (global $seed (mut i32) (i32.const 7))
  (global $sum (mut i32) (i32.const 0))
  (global (export "steps") i32 (i32.const 4000))

  (func $random (result i32) (local $x i32)
    (local.set $x (global.get $seed))
    (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
    (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
    (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
    (global.set $seed (local.get $x))
    (local.get $x))

  (func (export "setup") (result i32) (local $row (ref null $row)) (local $i i32)
    (if (ref.is_null (global.get $flat))
      (then
        (global.set $flat (array.new_default $row (i32.const 1048576)))
        (global.set $rows (array.new_default $rows (i32.const 1024)))))
    (local.set $row (array.new_default $row (i32.const 1024)))
    (loop $more
      (array.set $row (local.get $row) (local.get $i) (struct.new $box (local.get $i)))
      (array.set $row (global.get $flat)
        (i32.add (i32.mul (global.get $made) (i32.const 1024)) (local.get $i))
        (struct.new $box (local.get $i)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.ne (local.get $i) (i32.const 1024))))
    (array.set $rows (global.get $rows) (global.get $made) (local.get $row))
    (global.set $made (i32.add (global.get $made) (i32.const 1)))
    (i32.ne (global.get $made) (i32.const 1024)))

  (func (export "step") (local $n i32) (local $r i32) (local $copy (ref null $row))
    (local.set $n (i32.const 500))
    (loop $more
      (local.set $r (call $random))
      (global.set $sum (i32.add (global.get $sum)
        (struct.get $box 0
          (array.get $row (global.get $flat) (i32.and (local.get $r) (i32.const 0xFFFFF))))))
      (array.set $row (global.get $flat) (i32.shr_u (local.get $r) (i32.const 12))
        (struct.new $box (local.get $r)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n)))
    (local.set $r (i32.and (call $random) (i32.const 1023)))
    (local.set $copy (array.new_default $row (i32.const 1024)))
    (array.copy $row $row (local.get $copy) (i32.const 0)
      (array.get $rows (global.get $rows) (local.get $r)) (i32.const 0) (i32.const 1024))
    (loop $fresh
      (array.set $row (local.get $copy) (local.get $n) (struct.new $box (local.get $n)))
      (local.set $n (i32.add (local.get $n) (i32.const 8)))
      (br_if $fresh (i32.lt_u (local.get $n) (i32.const 1024))))
    (array.set $rows (global.get $rows) (local.get $r) (local.get $copy)))

  (func (export "result") (result i32) (global.get $sum)))
