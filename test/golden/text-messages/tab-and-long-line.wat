;; RUN: wattle validate %s
;; EXIT: 1
(module
	(func $with_tabs (param $first i32) (param $second i64) (result i32)	(i32.add (local.get $first) (local.get $second)) (; a comment that makes this line very long, longer than a terminal is wide ;)))
;; STDERR
;;| %s:4:72: error[W0301]: type mismatch: instruction requires [i32 i32] but stack has [i32 i64]
;;|      4 | …s (param $first i32) (param $second i64) (result i32)	(i32.add (local.get $first) (local.get $second)) (; a co…
;;|        |                                                       	 ^~~~~~~
;;|   %s:4:100: note: this i64 comes from here
;;|      4 | …$second i64) (result i32)	(i32.add (local.get $first) (local.get $second)) (; a comment that makes this line v…
;;|        |                           	                             ^~~~~~~~~
