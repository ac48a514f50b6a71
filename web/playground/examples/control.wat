;; There is no goto: blocks have a beginning and an end, and a branch
;; names the block that it leaves. A branch to a block goes behind it,
;; one to a loop goes to its beginning again.
(module
  ;; How many steps it takes to come to 1: halve an even number, else
  ;; 3n + 1
  (func (export "collatz") (param $n i64) (result i32)
    (local $steps i32)
    (block $done
      (loop $next
        (br_if $done (i64.le_u (local.get $n) (i64.const 1)))
        (if (i64.eqz (i64.and (local.get $n) (i64.const 1)))
          (then (local.set $n (i64.shr_u (local.get $n) (i64.const 1))))
          (else (local.set $n (i64.add (i64.mul (local.get $n) (i64.const 3)) (i64.const 1)))))
        (local.set $steps (i32.add (local.get $steps) (i32.const 1)))
        (br $next)))
    (local.get $steps))

  ;; br_table is a switch: 0, 1, 2, and for all others the last label
  (func (export "days") (param $month i32) (result i32)
    (block $others
      (block $short
        (block $february
          (br_table $others $others $february $others $short $others $short $others
                    $others $short $others $short $others (local.get $month)))
        (return (i32.const 28)))
      (return (i32.const 30)))
    (i32.const 31)))
