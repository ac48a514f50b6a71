;; RUN: wattle run %s; test $? = 1
;; RUN: for h in 'wbg __wbg_log_1' './app_bg.js __wbindgen_throw' 'gojs runtime.wasmExit' 'env emscripten_resize_heap' 'env invoke_vii' 'a b' 'env abort' 'wasi:cli/stdout@0.2.0 get-stdout' 'wasi:cli/stdout@0.3.0 get-stdout' 'wasi_snapshot_preview1 sock_open' 'wasi_ephemeral_nn load' 'wasix_32v1 proc_fork' 'env something' 'math sin'; do set -- $h; echo "(module (import \"$1\" \"$2\" (func)) (func (export \"_start\")))" > %t/a.wat; wattle %t/a.wat; done
;; EXIT: 1
;; The first line says which import is missing, the next whose it is and what helps.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
  (import "env" "helper" (func (param i32)))
  (import "wbg" "__wbindgen_throw" (func (param i32 i32)))
  (func (export "_start")))
;; STDERR
;;| unknown import: "env" "helper": wanted func [i32] -> []
;;| wattle run: the module needs a JavaScript host: wasm-bindgen (2 imports are missing)
;;| wattle run: run it in a browser or node with the JavaScript file that wasm-bindgen made; for WASI build for wasm32-wasip1 without wasm-bindgen
;;| unknown import: "wbg" "__wbg_log_1": wanted func [] -> []
;;| wattle: the module needs a JavaScript host: wasm-bindgen (1 import is missing)
;;| wattle: run it in a browser or node with the JavaScript file that wasm-bindgen made; for WASI build for wasm32-wasip1 without wasm-bindgen
;;| unknown import: "./app_bg.js" "__wbindgen_throw": wanted func [] -> []
;;| wattle: the module needs a JavaScript host: wasm-bindgen (1 import is missing)
;;| wattle: run it in a browser or node with the JavaScript file that wasm-bindgen made; for WASI build for wasm32-wasip1 without wasm-bindgen
;;| unknown import: "gojs" "runtime.wasmExit": wanted func [] -> []
;;| wattle: the module needs a JavaScript host: Go js (1 import is missing)
;;| wattle: run it with wasm_exec.js; for WASI build with GOOS=wasip1 GOARCH=wasm (TinyGo: -target=wasip1)
;;| unknown import: "env" "emscripten_resize_heap": wanted func [] -> []
;;| wattle: the module needs a JavaScript host: Emscripten (1 import is missing)
;;| wattle: run it with the JavaScript file beside it; for WASI link with -sSTANDALONE_WASM, or build with wasi-sdk
;;| unknown import: "env" "invoke_vii": wanted func [] -> []
;;| wattle: the module needs a JavaScript host: Emscripten (1 import is missing)
;;| wattle: run it with the JavaScript file beside it; for WASI build with -fwasm-exceptions and -sSTANDALONE_WASM
;;| unknown import: "a" "b": wanted func [] -> []
;;| wattle: the module needs a JavaScript host: Emscripten, names minified (1 import is missing)
;;| wattle: run it with the JavaScript file beside it; for WASI link with -sSTANDALONE_WASM, or build with wasi-sdk
;;| unknown import: "env" "abort": wanted func [] -> []
;;| wattle: the module needs a JavaScript host: AssemblyScript env.abort (1 import is missing)
;;| wattle: for WASI compile with `asc --use abort=` and a function of your own, or with wasi-shim
;;| unknown import: "wasi:cli/stdout@0.2.0" "get-stdout": wanted func [] -> []
;;| wattle: the module needs WASI 0.2 (1 import is missing)
;;| wattle: build for wasm32-wasip1: Wattle runs WASI preview 1
;;| unknown import: "wasi:cli/stdout@0.3.0" "get-stdout": wanted func [] -> []
;;| wattle: the module needs WASI 0.3 (1 import is missing)
;;| wattle: build for wasm32-wasip1: Wattle runs WASI preview 1
;;| unknown import: "wasi_snapshot_preview1" "sock_open": wanted func [] -> []
;;| wattle: the module needs an extension of WASI preview 1 (1 import is missing)
;;| wattle: the sockets of WasmEdge are imported so; build for wasm32-wasip1
;;| unknown import: "wasi_ephemeral_nn" "load": wanted func [] -> []
;;| wattle: the module needs a WASI proposal (1 import is missing)
;;| wattle: only few engines have it: WasmEdge and WAMR know some
;;| unknown import: "wasix_32v1" "proc_fork": wanted func [] -> []
;;| wattle: the module needs WASIX (1 import is missing)
;;| wattle: it runs in Wasmer; build for wasm32-wasip1
;;| unknown import: "env" "something": wanted func [] -> []
;;| wattle: the module needs a host of its own (1 import is missing)
;;| wattle: from C, C++ or Rust: a function is declared and nowhere defined; else embed the library and define the imports, see doc/api.md
;;| unknown import: "math" "sin": wanted func [] -> []
;;| wattle: the module needs a host of its own (1 import is missing)
;;| wattle: embed the library and define the imports, see doc/api.md
