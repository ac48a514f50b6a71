;; features: default
;; Threads of scripts: each in a store of its own, with the shared memories of the instances that it
;; names. What is asserted holds for every order in which they run.

(module $Mem
  (memory (export "shared") 1 4 shared)
  (memory (export "own") 1)
  (func (export "get") (param i32) (result i32) (i32.atomic.load (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))

;; ---- a message: what was written before the flag is seen after it ----

(thread $Writer (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 4 shared)
    (func (export "run")
      (i32.store (i32.const 0) (i32.const 42))
      (i32.atomic.store (i32.const 4) (i32.const 1))
      (drop (memory.atomic.notify (i32.const 4) (i32.const 1)))))
  (assert_return (invoke "run")))

(thread $Reader (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 10 shared)
    (func (export "run") (result i32)
      (drop (memory.atomic.wait32 (i32.const 4) (i32.const 0) (i64.const -1)))
      (i32.load (i32.const 0))))
  (assert_return (invoke "run") (i32.const 42)))

(wait $Writer)
(wait $Reader)
(assert_return (invoke $Mem "get" (i32.const 0)) (i32.const 42))

;; ---- who waits is woken, once each ----

(thread $A (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 4 shared)
    (func (export "run") (result i32)
      (drop (i32.atomic.rmw.add (i32.const 16) (i32.const 1)))
      (memory.atomic.wait32 (i32.const 64) (i32.const 0) (i64.const -1))))
  (assert_return (invoke "run") (i32.const 0)))
(thread $B (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 4 shared)
    (func (export "run") (result i32)
      (drop (i32.atomic.rmw.add (i32.const 16) (i32.const 1)))
      (memory.atomic.wait64 (i32.const 64) (i64.const 0) (i64.const -1))))
  (assert_return (invoke "run") (i32.const 0)))
(thread $Waker (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 4 shared)
    (func (export "run") (result i32) (local $woken i32)
      (loop $again
        (local.set $woken (i32.add (local.get $woken)
          (memory.atomic.notify (i32.const 64) (i32.const 1))))
        (br_if $again (i32.lt_u (local.get $woken) (i32.const 2))))
      (local.get $woken)))
  (assert_return (invoke "run") (i32.const 2)))
(wait)
(wait $A)
(wait $B)
(assert_return (invoke $Mem "get" (i32.const 16)) (i32.const 2))

;; ---- growth is seen by all, the memories of one thread by nobody else ----

(thread $Grower (shared (module $Mem))
  (register "mem" $Mem)
  (module (memory (import "mem" "shared") 1 4 shared)
    (func (export "grow") (result i32) (memory.grow (i32.const 1)))
    (func (export "last") (result i32) (i32.atomic.rmw.add (i32.const 131068) (i32.const 9))))
  (assert_trap (invoke "last") "out of bounds memory access")
  (assert_return (invoke "grow") (i32.const 1))
  (assert_return (invoke "last") (i32.const 0)))
(wait $Grower)
(assert_return (invoke $Mem "get" (i32.const 131068)) (i32.const 9))
(assert_return (invoke $Mem "grow" (i32.const 2)) (i32.const 2))
(assert_return (invoke $Mem "grow" (i32.const 1)) (i32.const -1))

(thread $Private (shared (module $Mem))
  (register "mem" $Mem)
  (assert_unlinkable (module (memory (import "mem" "own") 1)) "unknown import")
  (assert_unlinkable (module (memory (import "mem" "shared") 1)) "incompatible import type")
  (assert_unlinkable (module (memory (import "mem" "shared") 1 3 shared))
    "incompatible import type")
  (module $Mine (func (export "f") (result i32) (i32.const 7)))
  (assert_return (invoke $Mine "f") (i32.const 7)))
(wait $Private)

;; ---- each has its own spectest ----

(thread $Spectest
  (module
    (memory (import "spectest" "shared_memory") 1 2 shared)
    (func (export "set") (i32.atomic.store (i32.const 0) (i32.const 5))))
  (assert_return (invoke "set")))
(wait $Spectest)
(module
  (memory (import "spectest" "shared_memory") 1 2 shared)
  (func (export "get") (result i32) (i32.atomic.load (i32.const 0))))
(assert_return (invoke "get") (i32.const 0))

;; ---- nobody waits for this one: it ends with the script ----

(thread
  (module (func (export "f") (result i32) (i32.const 8)))
  (assert_return (invoke "f") (i32.const 8)))
