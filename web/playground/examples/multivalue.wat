;; Functions and blocks can have several results, and blocks have
;; parameters too: what is on the stack before them.
(module
  (func $divide (export "divide") (param $x i32) (param $y i32) (result i32 i32)
    (i32.div_u (local.get $x) (local.get $y))
    (i32.rem_u (local.get $x) (local.get $y)))

  ;; Two values exchanged, without a third place
  (func $swap (export "swap") (param i32 i32) (result i32 i32)
    local.get 1
    local.get 0)

  ;; Fibonacci numbers: both of the last two stay on the stack, from
  ;; one turn of the loop to the next.
  (func (export "fibonacci") (param $n i32) (result i64)
    (local $next i64) (local $now i64)
    i64.const 0
    i64.const 1
    (loop $again (param i64 i64) (result i64 i64)
      local.set $next
      local.set $now
      local.get $next
      (i64.add (local.get $now) (local.get $next))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $again (i32.gt_s (local.get $n) (i32.const 0))))
    drop))
