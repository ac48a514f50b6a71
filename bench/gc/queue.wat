;; A queue of a hundred thousand messages: each is made, waits for its turn, and is gone.
(module
  (type $bytes (array (mut i8)))
  (type $item (struct (field $next (mut (ref null $item))) (field $text (ref $bytes))
                      (field $number i32)))
  (global $head (mut (ref null $item)) (ref.null $item))
  (global $tail (mut (ref null $item)) (ref.null $item))
  (global $number (mut i32) (i32.const 0))
  (global $sum (mut i32) (i32.const 0))
  (global (export "steps") i32 (i32.const 3000))

  (func $push (local $item (ref $item))
    (global.set $number (i32.add (global.get $number) (i32.const 1)))
    (local.set $item
      (struct.new $item (ref.null $item)
        (array.new $bytes (global.get $number)
          (i32.add (i32.const 8) (i32.and (global.get $number) (i32.const 31))))
        (global.get $number)))
    (if (ref.is_null (global.get $tail))
      (then (global.set $head (local.get $item)))
      (else (struct.set $item $next (global.get $tail) (local.get $item))))
    (global.set $tail (local.get $item)))

  (func $pop
    (global.set $sum
      (i32.add (i32.mul (global.get $sum) (i32.const 31))
        (i32.add (struct.get $item $number (global.get $head))
          (array.get_u $bytes (struct.get $item $text (global.get $head)) (i32.const 7)))))
    (global.set $head (struct.get $item $next (global.get $head))))

  (func (export "setup") (result i32) (local $n i32)
    (local.set $n (i32.const 1000))
    (loop $more
      (call $push)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n)))
    (i32.lt_u (global.get $number) (i32.const 100000)))

  (func (export "step") (local $n i32)
    (local.set $n (i32.const 1000))
    (loop $more
      (call $push)
      (call $pop)
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n))))

  (func (export "result") (result i32) (global.get $sum)))
