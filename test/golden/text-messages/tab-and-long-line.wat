;; RUN: wattle validate %s
;; EXIT: 1
(module
	(func $with_tabs (param $first i32) (param $second i64) (result i32)	(i32.add (local.get $first) (local.get $second)) (; a comment that makes this line very long, longer than a terminal is wide ;)))
