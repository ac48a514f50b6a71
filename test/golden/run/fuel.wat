;; RUN: wattle run --fuel=1000 --invoke=count %s 100
;; RUN: wattle run --fuel=803 --invoke=count %s 100
;; RUN: wattle run --fuel=802 --invoke=count %s 100; test $? = 134
;; A turn costs 8, the rest 3.
(module
  (func $count (export "count") (param $n i32) (result i32)
    (local $turns i32)
    (local.set $turns (i32.const 0))
    (loop $again
      (local.set $turns (i32.add (local.get $turns) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $turns) (local.get $n))))
    (local.get $turns)))
;; STDOUT
;;| 100
;;| 100
;; STDERR
;;| trap: all fuel consumed
;;|     #0  count (function 0) + 0x18
