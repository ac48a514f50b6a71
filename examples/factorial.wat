;; Factorials three ways, and a table of them printed in decimal.
;;
;;     wattle run examples/factorial.wat
;;
;; Shows recursion, loops and branches in the flat and in the folded style, exported functions that
;; any host can call, and how to turn a number into text with nothing but division.
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))

  (memory (export "memory") 1)
  ;; 0..7    the (pointer, length) pair for fd_write
  ;; 8..11   where fd_write puts its count
  ;; 64..127 one line, written from its end towards its start
  (global $line_end i32 (i32.const 128))

  ;; The definition itself: n! = n * (n - 1)!, and 0! = 1.
  (func $recursive (export "factorial") (param $n i64) (result i64)
    (if (result i64) (i64.eqz (local.get $n))
      (then (i64.const 1))
      (else (i64.mul (local.get $n)
                     (call $recursive (i64.sub (local.get $n) (i64.const 1)))))))

  ;; A loop.  `loop` does not repeat by itself: `br_if $again` jumps back to its start.
  (func $iterative (export "factorial_loop") (param $n i64) (result i64)
    (local $product i64)
    i64.const 1
    local.set $product
    block $done
      loop $again
        local.get $n
        i64.eqz
        br_if $done                         ;; branches to a block leave it at its end
        local.get $product
        local.get $n
        i64.mul
        local.set $product
        local.get $n
        i64.const 1
        i64.sub
        local.set $n
        br $again                           ;; branches to a loop go to its start
      end
    end
    local.get $product)

  ;; The recursion with the product carried along, so that nothing is left to do after the call.
  (func $carried (param $n i64) (param $product i64) (result i64)
    (if (result i64) (i64.le_u (local.get $n) (i64.const 1))
      (then (local.get $product))
      (else (call $carried (i64.sub (local.get $n) (i64.const 1))
                           (i64.mul (local.get $n) (local.get $product))))))

  ;; Write the decimal digits of $value so that they end before $end; the result is their start.
  (func $decimal (param $value i64) (param $end i32) (result i32)
    (loop $digit
      (local.set $end (i32.sub (local.get $end) (i32.const 1)))
      (i32.store8 (local.get $end)
        (i32.add (i32.const 48)             ;; "0"
                 (i32.wrap_i64 (i64.rem_u (local.get $value) (i64.const 10)))))
      (local.set $value (i64.div_u (local.get $value) (i64.const 10)))
      (br_if $digit (i64.ne (local.get $value) (i64.const 0))))
    (local.get $end))

  ;; One character before $at; the result is its address.
  (func $before (param $at i32) (param $char i32) (result i32)
    (local.set $at (i32.sub (local.get $at) (i32.const 1)))
    (i32.store8 (local.get $at) (local.get $char))
    (local.get $at))

  ;; "N! = VALUE", right to left.
  (func $print_line (param $n i64) (param $value i64)
    (local $at i32)
    (local.set $at (call $before (global.get $line_end) (i32.const 10)))
    (local.set $at (call $decimal (local.get $value) (local.get $at)))
    (local.set $at (call $before (local.get $at) (i32.const 32)))
    (local.set $at (call $before (local.get $at) (i32.const 61)))
    (local.set $at (call $before (local.get $at) (i32.const 32)))
    (local.set $at (call $before (local.get $at) (i32.const 33)))
    (local.set $at (call $decimal (local.get $n) (local.get $at)))
    (i32.store (i32.const 0) (local.get $at))
    (i32.store (i32.const 4) (i32.sub (global.get $line_end) (local.get $at)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))

  (func (export "_start")
    (local $n i64)
    (local $value i64)
    (loop $next
      (local.set $value (call $recursive (local.get $n)))
      ;; All three must agree; if they do not, `unreachable` stops the program with a trap.
      (if (i64.ne (local.get $value) (call $iterative (local.get $n)))
        (then unreachable))
      (if (i64.ne (local.get $value) (call $carried (local.get $n) (i64.const 1)))
        (then unreachable))
      (call $print_line (local.get $n) (local.get $value))
      (local.set $n (i64.add (local.get $n) (i64.const 1)))
      (br_if $next (i64.le_u (local.get $n) (i64.const 20))))))
