;; What cannot be written is said before the program runs. Whether the program lasts long enough for
;; a sample is the machine's affair; that there is a file exactly when there is one is not.
;; RUN: wattle run --profile=%t/none/x %s || test $? = 3
;; RUN: wattle run --profile=%t %s || test $? = 3
;; RUN: wattle run --perf-map=%t/none/x %s || test $? = 3
;; RUN: wattle run --perf-map=%t %s || test $? = 3
;; RUN: wattle run --jitdump=%s %s 2>&1 | sed "s/jit-[0-9]*/jit-PID/"
;; RUN: wattle run --profile=%t/x --tier interp %s 2>%t/said
;; RUN: if grep -q "no sample: the program ran for less than a" %t/said; then test ! -e %t/x; else test -s %t/x; fi
(module
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\08\00\00\00\04\00\00\00ran\0a")
  (func (export "_start")
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))
;; STDOUT
;;| wattle run: cannot make %s/jit-PID.dump: not a directory
;;| ran
;; STDERR
;;| wattle run: cannot write the profile to %t/none/x: no such file or directory
;;| wattle run: cannot write the profile to %t: is a directory
;;| wattle run: cannot make %t/none/x: no such file or directory
;;| wattle run: cannot make %t: is a directory
