;; RUN: wattle run --max-memory=128K --max-table=10 --invoke=grow %s
;; RUN: wattle run --max-memory=64K --invoke=grow %s 2>&1; test $? = 1
;; RUN: wattle run --max-table=4 --invoke=grow %s 2>&1; test $? = 1
;; RUN: wattle run --max-stack=16K --invoke=deep %s 100
;; RUN: wattle run --max-stack=4K --invoke=deep %s 100 2>&1 | head -n 2
;; RUN: wattle run --max-heap=1M --invoke=array %s 2000000 2>&1; test $? = 134
;; RUN: for o in timeout=soon timeout=-1 fuel=-1 fuel= fuel=1K max-memory=64X max-memory=0; do wattle run --$o %s 2>&1; test $? = 2 || exit 9; done
;; RUN: for o in max-memory=1KB max-heap=G max-table=1K max-stack=99999999999G; do wattle run --$o %s 2>&1; test $? = 2 || exit 9; done
;; What the options say, and what is said when they say nothing that makes sense.
(module
  (type $bytes (array i8))
  (memory 2)
  (table 5 funcref)
  (func (export "grow") (result i32 i32 i32)
    (memory.grow (i32.const 1))
    (table.grow (ref.null func) (i32.const 5))
    (table.grow (ref.null func) (i32.const 5)))
  (func $deep (export "deep") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0))))
  (func (export "array") (param i32)
    (drop (array.new_default $bytes (local.get 0)))))
;; STDOUT
;;| -1
;;| 5
;;| -1
;;| limit of the store exceeded: memories too large together
;;| limit of the store exceeded: tables too large together
;;| 100
;;| trap: call stack exhausted
;;|     #0  deep (function 1) + 0xc
;;| trap: allocation size too large
;;|     #0  array (function 2) + 0x3
;;| wattle run: --timeout is a number of seconds such as 10 or 0.25, not 'soon'
;;| wattle run: --timeout is a number of seconds such as 10 or 0.25, not '-1'
;;| wattle run: --fuel is a number of instructions such as 1000000, not '-1'
;;| wattle run: --fuel is a number of instructions such as 1000000, not ''
;;| wattle run: --fuel is a number of instructions such as 1000000, not '1K'
;;| wattle run: --max-memory is a number of bytes such as 100000, 64M or 2G, and more than 0, not '64X'
;;| wattle run: --max-memory is a number of bytes such as 100000, 64M or 2G, and more than 0, not '0'
;;| wattle run: --max-memory is a number of bytes such as 100000, 64M or 2G, and more than 0, not '1KB'
;;| wattle run: --max-heap is a number of bytes such as 100000, 64M or 2G, and more than 0, not 'G'
;;| wattle run: --max-table is a number such as 1000 and more than 0, not '1K'
;;| wattle run: --max-stack is a number of bytes such as 100000, 64M or 2G, and more than 0, not '99999999999G'
