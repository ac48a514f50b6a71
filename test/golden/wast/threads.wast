;; RUN: wattle wast --features default %s
;; EXIT: 1
;; What threads say comes where they are waited for, or at the end in the order of their start.
(module $Mem (memory (export "m") 1 1 shared))
(thread $slow (shared (module $Mem))
  (register "mem" $Mem)
  (module (memory (import "mem" "m") 1 1 shared)
    (func (export "wait") (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
  (assert_return (invoke "wait") (i32.const 3))
  (invoke $Mem "m"))
(thread $quick (shared (module $Mem))
  (register "mem" $Mem)
  (thread $inner (assert_return (invoke "f")))
  (wait $inner)
  (register "other" $Other)
  (module (memory (import "mem" "m") 1 1 shared)
    (func (export "wake") (result i32)
      (loop $again (br_if $again
        (i32.eqz (memory.atomic.notify (i32.const 0) (i32.const 1)))))
      (i32.const 1)))
  (assert_return (invoke "wake") (i32.const 2)))
(thread $last (module quote "(func"))
(wait $slow)
(wait $slow)
(wait $other)
(thread $none (shared (module $Missing)))
;; STDOUT
;;| %s:10:3: assert_return: expected (i32.const 3), got (i32.const 0)
;;| %s:11:3: invoke: expected success, got no call: there is no such instance
;;| %s:25:1: wait: there is no such thread
;;| %s:26:1: wait: there is no such thread
;;| %s:27:1: thread: there is no instance $Missing to share
;;| %s:14:3: thread: a thread cannot start threads here
;;| %s:15:3: wait: there is no such thread
;;| %s:16:3: register: there is no such instance
;;| %s:22:3: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %s:23:15: module: expected a valid module, got "unexpected token: unclosed parenthesis: the `)` of this (func is missing" (malformed)
;;| 0 passed, 10 failed, 0 skipped
