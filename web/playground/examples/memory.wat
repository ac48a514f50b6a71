;; Linear memory: bytes from address 0, in pages of 65,536. It can
;; grow and never shrinks. The Debug pane shows it, with what the last
;; step changed.
(module
  (memory (export "memory") 1 10)

  ;; Puts the squares of 0, 1, 2, … below each other, four bytes each,
  ;; the lowest first.
  (func (export "squares") (param $count i32) (result i32)
    (local $i i32)
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $count))
        (then
          (i32.store
            (i32.shl (local.get $i) (i32.const 2))
            (i32.mul (local.get $i) (local.get $i)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    ;; the last one, read again
    (i32.load (i32.shl (i32.sub (local.get $count) (i32.const 1)) (i32.const 2))))

  ;; The size before, in pages; -1 if there is no room
  (func (export "grow") (param $pages i32) (result i32)
    (memory.grow (local.get $pages)))

  ;; A word at an odd address, and the byte in its middle. offset= is
  ;; added to the address.
  (func (export "bytes") (result i32)
    (i32.store offset=1 (i32.const 100) (i32.const 0x12345678))
    (i32.load8_u offset=2 (i32.const 100))))
