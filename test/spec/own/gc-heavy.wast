;; features: 3.0
;; So much garbage that collections come by themselves: minor ones, full ones, large objects.

(module
  (rec (type $node (struct (field $left (mut (ref null $node))) (field $right (mut (ref null $node))))))
  (type $bytes (array (mut i8)))
  (type $refs (array (mut (ref null $node))))

  (func $tree (param $depth i32) (result (ref $node))
    (if (result (ref $node)) (local.get $depth)
      (then
        (struct.new $node (call $tree (i32.sub (local.get $depth) (i32.const 1)))
                          (call $tree (i32.sub (local.get $depth) (i32.const 1)))))
      (else (struct.new_default $node))))
  (func $size (param $t (ref null $node)) (result i32)
    (if (result i32) (ref.is_null (local.get $t))
      (then (i32.const 0))
      (else (i32.add (i32.const 1)
        (i32.add (call $size (struct.get $node $left (local.get $t)))
                 (call $size (struct.get $node $right (local.get $t))))))))

  ;; one tree stays, others come and go
  (func (export "trees") (param $depth i32) (param $rounds i32) (result i32)
    (local $kept (ref $node)) (local $s i32)
    (local.set $kept (call $tree (local.get $depth)))
    (loop $again
      (local.set $s (i32.add (local.get $s) (call $size (call $tree (local.get $depth)))))
      ;; every other round, half of the kept tree is new
      (if (i32.and (local.get $rounds) (i32.const 1))
        (then (struct.set $node $left (local.get $kept)
          (call $tree (i32.sub (local.get $depth) (i32.const 1))))))
      (local.set $s (i32.add (local.get $s) (call $size (local.get $kept))))
      (br_if $again (local.tee $rounds (i32.sub (local.get $rounds) (i32.const 1)))))
    (local.get $s))

  ;; arrays of growing size, of which the last sixteen are kept
  (func (export "arrays") (param $rounds i32) (result i32)
    (local $keep (ref $refs)) (local $last (ref null $bytes)) (local $i i32)
    (local.set $keep (array.new $refs (ref.null $node) (i32.const 16)))
    (loop $again
      (local.set $last (array.new $bytes (local.get $i) (i32.mul (local.get $i) (i32.const 97))))
      (array.set $refs (local.get $keep) (i32.and (local.get $i) (i32.const 15))
        (call $tree (i32.const 3)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (local.get $rounds))))
    (i32.add (array.len (local.get $last))
      (i32.add (array.get_u $bytes (local.get $last) (i32.const 96))
        (call $size (array.get $refs (local.get $keep) (i32.const 5))))))
)
(assert_return (invoke "trees" (i32.const 14) (i32.const 20)) (i32.const 1310680))
(assert_return (invoke "arrays" (i32.const 2000)) (i32.const 194125))

;; Small arrays without a value are zero where others were: as many as fill the heap some times over
;; with ones, and between them such, whose bits are put together.
(module
  (type $longs (array (mut i64)))
  (type $bytes (array (mut i8)))
  (func (export "zeros") (param $n i32) (result i64) (local $i i32) (local $all i64)
    (local $l (ref null $longs)) (local $b (ref null $bytes))
    (loop $more
      (drop (array.new $longs (i64.const -1) (i32.const 30)))
      (drop (array.new $bytes (i32.const -1) (i32.const 29)))
      (local.set $l (array.new_default $longs (i32.const 3)))
      (local.set $b (array.new_default $bytes (i32.const 25)))
      (local.set $all (i64.or (local.get $all)
        (i64.or (array.get $longs (local.get $l) (i32.const 0))
                (array.get $longs (local.get $l) (i32.const 2)))))
      (local.set $i (i32.const 25))
      (loop $byte
        (local.set $i (i32.sub (local.get $i) (i32.const 1)))
        (local.set $all (i64.or (local.get $all)
          (i64.extend_i32_u (array.get_u $bytes (local.get $b) (local.get $i)))))
        (br_if $byte (local.get $i)))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n)))
    (local.get $all)))
(assert_return (invoke "zeros" (i32.const 200000)) (i64.const 0))
