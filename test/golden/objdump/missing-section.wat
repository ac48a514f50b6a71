;; RUN: wattle wat2wasm %s -o %t/m.wasm
;; RUN: wattle objdump -h -j nowhere %t/m.wasm
;; EXIT: 2
(module (memory 1))
;; STDOUT
;;| m.wasm:	file format wasm 0x1
;;|
;;| Sections:
;;|
;; STDERR
;;| %t/m.wasm: error[W0604]: no such section: "nowhere"
