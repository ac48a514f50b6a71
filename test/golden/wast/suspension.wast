;; RUN: wattle wast --features 3.0,+stack-switching --ignore-messages %s
;; EXIT: 1
;; A trap is no suspension, and the other way round.
(module
  (tag $t)
  (func (export "suspend") (suspend $t))
  (func (export "trap") unreachable))
(assert_suspension (invoke "suspend") "unhandled tag")
(assert_suspension (invoke "trap") "unhandled tag")
(assert_suspension (module (func unreachable) (start 0)) "unhandled tag")
(assert_trap (invoke "suspend") "unreachable")
(assert_trap (invoke "trap") "unreachable")
(assert_suspension (module (tag $t) (func (suspend $t)) (start 0)) "unhandled tag")
;; STDOUT
;;| %s:9:1: assert_suspension: expected "unhandled tag", got a trap: unreachable
;;| %s:10:1: assert_suspension: expected "unhandled tag", got a trap: unreachable
;;| %s:11:1: assert_trap: expected "unreachable", got a suspension: unhandled tag
;;| 3 passed, 3 failed, 0 skipped
