;; A module has only what it is given: imports are its doors to the
;; host. The JavaScript pane gives this one a function of the console,
;; a function of Math, and a memory.
(module
  (import "console" "log" (func $log (param f64)))
  (import "Math" "random" (func $random (result f64)))
  (import "host" "memory" (memory 1))

  ;; π by throwing darts: how many of them fall inside the quarter of
  ;; a circle
  (func (export "pi") (param $darts i32) (result f64)
    (local $i i32) (local $inside i32) (local $x f64) (local $y f64)
    (loop $next
      (local.set $x (call $random))
      (local.set $y (call $random))
      (local.set $inside
        (i32.add
          (local.get $inside)
          (f64.le
            (f64.add
              (f64.mul (local.get $x) (local.get $x))
              (f64.mul (local.get $y) (local.get $y)))
            (f64.const 1))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $darts))))
    (call $log
      (f64.div
        (f64.mul (f64.const 4) (f64.convert_i32_u (local.get $inside)))
        (f64.convert_i32_u (local.get $darts))))
    (f64.load (i32.const 0))))
