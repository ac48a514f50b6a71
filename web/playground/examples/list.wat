;; Objects of the engine's own heap: structs and arrays, which are
;; collected when nobody refers to them. No addresses, no free.
(module
  (type $cell (struct (field $value i32) (field $next (ref null $cell))))
  (type $numbers (array (mut i32)))

  ;; n, n-1, … 1
  (func $count_down (param $n i32) (result (ref null $cell))
    (local $list (ref null $cell)) (local $i i32)
    (loop $more
      (if (i32.lt_s (local.get $i) (local.get $n))
        (then
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (local.set $list (struct.new $cell (local.get $i) (local.get $list)))
          (br $more))))
    (local.get $list))

  (func (export "sum") (param $n i32) (result i32)
    (local $list (ref null $cell)) (local $sum i32)
    (local.set $list (call $count_down (local.get $n)))
    (block $end
      (loop $next
        (br_if $end (ref.is_null (local.get $list)))
        (local.set $sum (i32.add (local.get $sum) (struct.get $cell $value (local.get $list))))
        (local.set $list (struct.get $cell $next (local.get $list)))
        (br $next)))
    (local.get $sum))

  ;; The prime numbers below n, by a sieve in an array
  (func (export "primes") (param $n i32) (result i32)
    (local $sieve (ref $numbers)) (local $i i32) (local $j i32) (local $count i32)
    (local.set $sieve (array.new_default $numbers (local.get $n)))
    (local.set $i (i32.const 2))
    (block $end
      (loop $next
        (br_if $end (i32.ge_s (local.get $i) (local.get $n)))
        (if (i32.eqz (array.get $numbers (local.get $sieve) (local.get $i)))
          (then
            (local.set $count (i32.add (local.get $count) (i32.const 1)))
            (local.set $j (i32.shl (local.get $i) (i32.const 1)))
            (block $struck
              (loop $strike
                (br_if $struck (i32.ge_s (local.get $j) (local.get $n)))
                (array.set $numbers (local.get $sieve) (local.get $j) (i32.const 1))
                (local.set $j (i32.add (local.get $j) (local.get $i)))
                (br $strike)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (local.get $count)))
