;; RUN: wattle check %s; test $? = 1
;; RUN: wattle check --for wasi %s; test $? = 1
;; RUN: wattle check --for browser %s; test $? = 0
;; RUN: wattle check --for node %s; test $? = 0
;; RUN: wattle check --for moon %s
;; EXIT: 1
(module
  (type $s (struct (field i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func (param i32)))
  (import "env" "emscripten_date_now" (func (result f64)))
  (import "env" "memory" (memory 1 4 shared))
  (import "env" "table" (table 1 funcref))
  (import "env" "g" (global (mut externref)))
  (func (export "_start") (drop (v128.const i64x2 0 0)) (drop (struct.new $s (i32.const 1)))))
;; STDOUT
;;| %s for wasi
;;|
;;| imports
;;|   "wasi_snapshot_preview1" "fd_write" func [i32 i32 i32 i32] -> [i32]: wattle
;;|   "wasi_snapshot_preview1" "fd_read" func [i32] -> []: nobody: wattle's has another type
;;|   "env" "emscripten_date_now" func [] -> [f64]: nobody
;;|   "env" "memory" memory 1 4 shared: wattle
;;|   "env" "table" table 1 funcref: nobody
;;|   "env" "g" global mut externref: nobody
;;| exports: _start, a command
;;|
;;| features                    chrome   firefox  safari
;;|   mutable-globals           74       61       13.1
;;|   reference-types           96       79       15
;;|   simd                      91       89       16.4
;;|   gc                        119      120      18.2
;;|   threads                   74       79       14.1
;;|   all of them               119      120      18.2
;;|
;;| needs a JavaScript host: Emscripten
;;|   run it with the JavaScript file beside it; for WASI link with -sSTANDALONE_WASM, or build with wasi-sdk
;;|
;;| no for wasi
;;| %s for wasi
;;|
;;| imports
;;|   "wasi_snapshot_preview1" "fd_write" func [i32 i32 i32 i32] -> [i32]: wattle
;;|   "wasi_snapshot_preview1" "fd_read" func [i32] -> []: nobody: wattle's has another type
;;|   "env" "emscripten_date_now" func [] -> [f64]: nobody
;;|   "env" "memory" memory 1 4 shared: wattle
;;|   "env" "table" table 1 funcref: nobody
;;|   "env" "g" global mut externref: nobody
;;| exports: _start, a command
;;|
;;| features                    chrome   firefox  safari
;;|   mutable-globals           74       61       13.1
;;|   reference-types           96       79       15
;;|   simd                      91       89       16.4
;;|   gc                        119      120      18.2
;;|   threads                   74       79       14.1
;;|   all of them               119      120      18.2
;;|
;;| needs a JavaScript host: Emscripten
;;|   run it with the JavaScript file beside it; for WASI link with -sSTANDALONE_WASM, or build with wasi-sdk
;;|
;;| no for wasi
;;| %s for browser
;;|
;;| imports
;;|   "wasi_snapshot_preview1" "fd_write" func [i32 i32 i32 i32] -> [i32]: a WASI shim
;;|   "wasi_snapshot_preview1" "fd_read" func [i32] -> []: nobody: wattle's has another type
;;|   "env" "emscripten_date_now" func [] -> [f64]: JavaScript
;;|   "env" "memory" memory 1 4 shared: JavaScript
;;|   "env" "table" table 1 funcref: JavaScript
;;|   "env" "g" global mut externref: JavaScript
;;|
;;| features                    chrome   firefox  safari
;;|   mutable-globals           74       61       13.1
;;|   reference-types           96       79       15
;;|   simd                      91       89       16.4
;;|   gc                        119      120      18.2
;;|   threads                   74       79       14.1
;;|   all of them               119      120      18.2
;;|
;;| needs a JavaScript host: Emscripten
;;|   run it with the JavaScript file beside it; for WASI link with -sSTANDALONE_WASM, or build with wasi-sdk
;;|
;;| no for browser
