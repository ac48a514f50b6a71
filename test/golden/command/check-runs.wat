;; RUN: wattle check %s && wattle check --for node %s && wattle check --for browser %s
;; RUN: echo '(module (func (export "_start")) (func (export "_initialize")))' | wattle check -; test $? = 1
;; RUN: echo '(module (func (param i64 i64 i64 i64) (result i64 i64) (i64.add128 (local.get 0) (local.get 1) (local.get 2) (local.get 3))))' | wattle check --for browser -; test $? = 1
;; RUN: echo '(module (type $t (func)) (func (param (ref $t)) (call_ref $t (local.get 0))) (tag) (func try catch_all end))' | wattle check --for node -
;; Of features that do the same the older one counts: typed references alone need no gc.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")))
;; STDOUT
;;| %s for wasi
;;|
;;| imports
;;|   "wasi_snapshot_preview1" "proc_exit" func [i32] -> []: wattle
;;| exports: _start, a command
;;|
;;| features                    chrome   firefox  safari
;;|   all of them               any      any      any
;;|
;;| yes for wasi
;;| %s for node
;;|
;;| imports
;;|   "wasi_snapshot_preview1" "proc_exit" func [i32] -> []: node:wasi
;;|
;;| features                    node
;;|   all of them               any
;;|
;;| yes for node
;;| %s for browser
;;|
;;| imports
;;|   "wasi_snapshot_preview1" "proc_exit" func [i32] -> []: a WASI shim
;;|
;;| features                    chrome   firefox  safari
;;|   all of them               any      any      any
;;|
;;| yes for browser
;;| - for wasi
;;|
;;| imports: none
;;| exports: both _start and _initialize, which is neither a command nor a reactor
;;|
;;| features                    chrome   firefox  safari
;;|   all of them               any      any      any
;;|
;;| no for wasi
;;| - for browser
;;|
;;| imports: none
;;|
;;| features                    chrome   firefox  safari
;;|   multi-value               85       78       13.1
;;|   wide-arithmetic           no       no       no
;;|
;;| no for browser
;;| - for node
;;|
;;| imports: none
;;|
;;| features                    node
;;|   function-references       22.0
;;|   legacy-exceptions         17.0
;;|   all of them               22.0
;;|
;;| yes for node
