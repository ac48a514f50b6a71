;; Small arrays, as strings, tuples and vectors are: of bytes, of numbers, of references. The last
;; 4096 tuples stay, and what they name.
(module
  (type $chars (array (mut i8)))
  (type $ints (array (mut i32)))
  (type $tuple (array (mut (ref null $chars))))
  (type $ring (array (mut (ref null $tuple))))
  (global $ring (mut (ref null $ring)) (ref.null $ring))
  (global $at (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const 0))
  (global (export "steps") i32 (i32.const 5000))

  (func (export "setup") (result i32)
    (global.set $ring (array.new_default $ring (i32.const 4096)))
    (i32.const 0))

  (func (export "step") (local $n i32) (local $chars (ref null $chars)) (local $ints (ref null $ints))
    (local.set $n (i32.const 300))
    (loop $more
      (local.set $chars
        (array.new $chars (local.get $n) (i32.add (i32.const 4) (i32.and (local.get $n) (i32.const 15)))))
      (local.set $ints
        (array.new_default $ints (i32.add (i32.const 1) (i32.and (local.get $n) (i32.const 7)))))
      (array.set $ints (local.get $ints) (i32.const 0) (array.len (local.get $chars)))
      (array.set $ring (global.get $ring) (i32.and (global.get $at) (i32.const 4095))
        (array.new_fixed $tuple 3
          (local.get $chars)
          (array.new_fixed $chars 4
            (local.get $n) (i32.const 1) (i32.const 2) (array.len (local.get $ints)))
          (ref.null $chars)))
      (global.set $at (i32.add (global.get $at) (i32.const 1)))
      (global.set $sum (i32.add (global.get $sum)
        (i32.add (array.get $ints (local.get $ints) (i32.const 0))
          (array.get_u $chars (local.get $chars) (i32.const 3)))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n))))

  (func (export "result") (result i32) (global.get $sum)))
