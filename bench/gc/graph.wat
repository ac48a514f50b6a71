;; Four million nodes live in one table, 144 MB by 32 bytes a node. Old nodes all over the heap get
;; new neighbours all the time, in place of those they had.
(module
  (type $node (struct (field $a (mut (ref null $node))) (field $b (mut (ref null $node)))
                      (field $value (mut i64))))
  (type $table (array (mut (ref null $node))))
  (global $nodes (mut (ref null $table)) (ref.null $table))
  (global $made (mut i32) (i32.const 0))
  (global $seed (mut i32) (i32.const 1))
  (global $sum (mut i64) (i64.const 0))
  (global $count i32 (i32.const 4194304))
  (global (export "steps") i32 (i32.const 2000))

  (func $random (param $bits i32) (result i32) (local $x i32)
    (local.set $x (global.get $seed))
    (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 13))))
    (local.set $x (i32.xor (local.get $x) (i32.shr_u (local.get $x) (i32.const 17))))
    (local.set $x (i32.xor (local.get $x) (i32.shl (local.get $x) (i32.const 5))))
    (global.set $seed (local.get $x))
    (i32.shr_u (local.get $x) (i32.sub (i32.const 32) (local.get $bits))))

  (func $at (param $i i32) (result (ref null $node))
    (array.get $table (global.get $nodes) (local.get $i)))

  (func (export "setup") (result i32) (local $end i32) (local $i i32)
    (if (ref.is_null (global.get $nodes))
      (then (global.set $nodes (array.new_default $table (global.get $count)))))
    (local.set $i (global.get $made))
    (local.set $end (i32.add (local.get $i) (i32.const 4096)))
    (loop $more
      (array.set $table (global.get $nodes) (local.get $i)
        (struct.new $node
          (call $at (i32.and (call $random (i32.const 32)) (local.get $i)))
          (call $at (i32.and (call $random (i32.const 32)) (local.get $i)))
          (i64.extend_i32_u (local.get $i))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $more (i32.ne (local.get $i) (local.get $end))))
    (global.set $made (local.get $end))
    (i32.ne (local.get $end) (global.get $count)))

  ;; A thousand changes among the first million nodes, and a walk of four edges at each.
  (func (export "step") (local $n i32) (local $x (ref null $node)) (local $k i32)
    (local.set $n (i32.const 1000))
    (loop $more
      (local.set $x (call $at (call $random (i32.const 20))))
      (struct.set $node $a (local.get $x)
        (struct.new $node (call $at (call $random (i32.const 22))) (ref.null $node)
          (i64.extend_i32_u (local.get $n))))
      (local.set $k (i32.const 4))
      (loop $walk
        (if (i32.eqz (ref.is_null (struct.get $node $a (local.get $x))))
          (then (local.set $x (struct.get $node $a (local.get $x)))))
        (local.set $k (i32.sub (local.get $k) (i32.const 1)))
        (br_if $walk (local.get $k)))
      (global.set $sum (i64.add (global.get $sum) (struct.get $node $value (local.get $x))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $more (local.get $n))))

  (func (export "result") (result i32)
    (i32.wrap_i64 (global.get $sum))))
