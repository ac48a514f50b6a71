;; Binary trees: one of half a million nodes stays, thousands of small ones come and go.
(module
  (type $node (struct (field (ref null $node)) (field (ref null $node)) (field i32)))
  (global $keep (mut (ref null $node)) (ref.null $node))
  (global $sum (mut i32) (i32.const 0))
  (global (export "steps") i32 (i32.const 3000))

  (func $make (param $depth i32) (result (ref $node))
    (if (i32.eqz (local.get $depth))
      (then (return (struct.new $node (ref.null $node) (ref.null $node) (i32.const 1)))))
    (struct.new $node
      (call $make (i32.sub (local.get $depth) (i32.const 1)))
      (call $make (i32.sub (local.get $depth) (i32.const 1)))
      (local.get $depth)))

  (func $count (param $n (ref null $node)) (result i32)
    (if (ref.is_null (local.get $n)) (then (return (i32.const 0))))
    (i32.add (struct.get $node 2 (local.get $n))
      (i32.add (call $count (struct.get $node 0 (local.get $n)))
               (call $count (struct.get $node 1 (local.get $n))))))

  ;; A piece of the large tree: 256 subtrees of depth 10, hung on a spine. 1: there is more.
  (global $pieces (mut i32) (i32.const 256))
  (func (export "setup") (result i32)
    (global.set $keep
      (struct.new $node (global.get $keep) (call $make (i32.const 10)) (i32.const 0)))
    (global.set $pieces (i32.sub (global.get $pieces) (i32.const 1)))
    (i32.ne (global.get $pieces) (i32.const 0)))

  (func (export "step")
    (global.set $sum (i32.add (global.get $sum) (call $count (call $make (i32.const 10))))))

  (func (export "result") (result i32)
    (i32.add (global.get $sum) (call $count (global.get $keep)))))
