;; RUN: wattle wast --features default %s
;; EXIT: 1
;; A broken script stops threads that would wait for ever.
(module $Mem (memory (export "m") 1 1 shared))
(thread $T (shared (module $Mem))
  (register "mem" $Mem)
  (module (memory (import "mem" "m") 1 1 shared)
    (func (export "wait") (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
  (assert_return (invoke "wait") (i32.const 0)))
(no_such_command)
;; STDOUT
;;| 0 passed, 1 failed, 0 skipped
;; STDERR
;;| %s:11:2: error[W0109]: unknown operator no_such_command, expected a command of the script language
;;|     11 | (no_such_command)
;;|        |  ^~~~~~~~~~~~~~~
