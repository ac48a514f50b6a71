;; RUN: wattle wat2wasm %s -o %t/code.wasm
;; RUN: wattle objdump -d %t/code.wasm
;; EXIT: 1
(module
  (type $ii (func (param i32) (result i32)))
  (type $s (struct (field i32)))
  (import "env" "print" (func $print (param i32)))
  (import "env" "" (func (param f32)))
  (table $t 1 funcref)
  (memory $m 1)
  (memory $n 1)
  (global $g (mut i32) (i32.const 0))
  (tag $e (param i32))
  (data $d "x")
  (elem $seg func $f)
  (func $f (export "f") (type $ii) (param $n i32) (result i32)
    (local $i i32) (local $j i32) (local f64 v128)
    block $out
      loop $again
        local.get $n
        br_if $out
        br $again
      end
      local.get $n
      br_table 0 1 0
    end
    local.get $i
    if (result i32)
      i32.const -1
    else
      i32.const 2147483647
    end
    local.tee $j
    call $print
    global.get $g
    i32.load offset=8 align=2
    drop
    i32.const 0
    i64.load $n
    drop
    i32.const 0
    i32.const 0
    call_indirect $t (type $ii))
  (func $numbers
    i64.const -9223372036854775808 drop
    f32.const 0.1 drop
    f64.const nan:0x4 drop
    f64.const -inf drop
    v128.const i32x4 1 2 3 0xffffffff
    v128.const i32x4 0 0 0 0
    i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31
    i8x16.extract_lane_s 3
    drop)
  (func $rest (param anyref)
    (memory.copy $n $m (i32.const 0) (i32.const 0) (i32.const 0))
    (memory.init $n $d (i32.const 0) (i32.const 0) (i32.const 0))
    (table.init $t $seg (i32.const 0) (i32.const 0) (i32.const 0))
    (block $h (result i32)
      (try_table (catch $e $h) (throw $e (i32.const 1)))
      (i32.const 0))
    drop
    (block $h
      (try_table (catch_all $h)))
    (drop (struct.get $s 0 (ref.cast (ref $s) (local.get 0))))
    (drop (select (result i32) (i32.const 0) (i32.const 1) (i32.const 2)))
    (drop (ref.test (ref null $s) (local.get 0)))
    (drop (ref.null $s))
    (drop (ref.null func))
    (block $c (result (ref $s))
      (br_on_cast $c anyref (ref $s) (local.get 0))
      (unreachable))
    drop)
  (func $old
    try $a
      i32.const 1
      throw $e
    catch $e
      drop
      rethrow $a
    catch_all
      try nop delegate $a
    end))
;; STDERR
;;| %s:25:7: error[W0301]: type mismatch: the labels of br_table take 1 and 0 values
;;|     25 |       br_table 0 1 0
;;|        |       ^~~~~~~~
