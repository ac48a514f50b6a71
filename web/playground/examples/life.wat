;; Conway's Life on a torus of 96 by 64 cells, a byte each. The Canvas
;; pane draws the memory from the address that cells() gives, and
;; calls tick() for each frame; a click calls toggle(x, y).
(module
  (global $width i32 (i32.const 96))
  (global $height i32 (i32.const 64))
  (global $size i32 (i32.const 6144))
  ;; Two boards, at 0 and at 8192: one is read while the other is
  ;; written.
  (global $now (mut i32) (i32.const 0))
  (global $next (mut i32) (i32.const 8192))
  (memory (export "memory") 1)

  (func (export "cells") (result i32) (global.get $now))

  (func $place (param $x i32) (param $y i32) (result i32)
    (i32.add
      (i32.mul
        (i32.rem_u (i32.add (local.get $y) (global.get $height)) (global.get $height))
        (global.get $width))
      (i32.rem_u (i32.add (local.get $x) (global.get $width)) (global.get $width))))

  (func $cell (param $x i32) (param $y i32) (result i32)
    (i32.load8_u (i32.add (global.get $now) (call $place (local.get $x) (local.get $y)))))

  (func $toggle (export "toggle") (param $x i32) (param $y i32)
    (i32.store8
      (i32.add (global.get $now) (call $place (local.get $x) (local.get $y)))
      (i32.eqz (call $cell (local.get $x) (local.get $y)))))

  ;; The R-pentomino: five cells that live for more than a thousand
  ;; ticks; and a glider
  (func (export "start")
    (call $toggle (i32.const 48) (i32.const 31))
    (call $toggle (i32.const 49) (i32.const 31))
    (call $toggle (i32.const 47) (i32.const 32))
    (call $toggle (i32.const 48) (i32.const 32))
    (call $toggle (i32.const 48) (i32.const 33))
    (call $toggle (i32.const 5) (i32.const 4))
    (call $toggle (i32.const 6) (i32.const 5))
    (call $toggle (i32.const 4) (i32.const 6))
    (call $toggle (i32.const 5) (i32.const 6))
    (call $toggle (i32.const 6) (i32.const 6)))

  (func $neighbours (param $x i32) (param $y i32) (result i32)
    (local $left i32) (local $right i32) (local $up i32) (local $down i32)
    (local.set $left (i32.sub (local.get $x) (i32.const 1)))
    (local.set $right (i32.add (local.get $x) (i32.const 1)))
    (local.set $up (i32.sub (local.get $y) (i32.const 1)))
    (local.set $down (i32.add (local.get $y) (i32.const 1)))
    (call $cell (local.get $left) (local.get $up))
    (i32.add (call $cell (local.get $x) (local.get $up)))
    (i32.add (call $cell (local.get $right) (local.get $up)))
    (i32.add (call $cell (local.get $left) (local.get $y)))
    (i32.add (call $cell (local.get $right) (local.get $y)))
    (i32.add (call $cell (local.get $left) (local.get $down)))
    (i32.add (call $cell (local.get $x) (local.get $down)))
    (i32.add (call $cell (local.get $right) (local.get $down))))

  (func (export "tick")
    (local $x i32) (local $y i32) (local $n i32)
    (loop $row
      (local.set $x (i32.const 0))
      (loop $column
        (local.set $n (call $neighbours (local.get $x) (local.get $y)))
        ;; three neighbours, or two and alive
        (i32.store8
          (i32.add (global.get $next) (call $place (local.get $x) (local.get $y)))
          (i32.or
            (i32.eq (local.get $n) (i32.const 3))
            (i32.and
              (i32.eq (local.get $n) (i32.const 2))
              (call $cell (local.get $x) (local.get $y)))))
        (local.set $x (i32.add (local.get $x) (i32.const 1)))
        (br_if $column (i32.lt_u (local.get $x) (global.get $width))))
      (local.set $y (i32.add (local.get $y) (i32.const 1)))
      (br_if $row (i32.lt_u (local.get $y) (global.get $height))))
    ;; the boards change places
    (global.get $now)
    (global.set $now (global.get $next))
    (global.set $next)))
