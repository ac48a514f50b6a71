;; RUN: wattle wat2wasm %s -o %t/custom.wasm
;; RUN: wattle objdump -x %t/custom.wasm
;; RUN: wattle objdump -x -j producers %t/custom.wasm
(module
  (@custom "dylink.0" (before first)
    "\01\04\20\04\02\00" "\02\07\01\05liba\00"
    "\03\08\01\05start\10" "\04\0b\01\03env\04main\11" "\05\06\01\04/lib" "\09\01\00")
  (func $f (param i32) (block (@metadata.code.branch_hint "\01") (br_if 0 (local.get 0))))
  (@custom "producers" "\02\08language\01\03C11\00\0cprocessed-by\01\05clang\0619.1.7")
  (@custom "target_features" "\02+\0bbulk-memory-\07threads")
  (@custom "target_features" "\02+\0bbulk-memory")
  (@custom "sourceMappingURL" "\0btest.js.map")
  (@custom "linking" "\02"
    "\08\20\04" "\00\04\00\04main" "\01\00\04data\00\04\08" "\03\02\0a" "\00\10\00"
    "\05\0c\01\05.data\02\01")
  (@custom "reloc.CODE" "\01\01" "\00\02\00")
  (@custom "unknown" "0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef0123456789abcdef"))
;; STDOUT
;;| custom.wasm:	file format wasm 0x1
;;|
;;| Section Details:
;;|
;;| Custom:
;;|  - name: "dylink.0"
;;|  - memory size=32 align=4
;;|  - table size=2 align=0 (alignments are powers of two)
;;|  - needed: "liba\00"
;;|  - export: "start" flags=0x10 undefined
;;|  - import: "env"."main" flags=0x11 weak undefined
;;|  - runtime path: "/lib"
;;|  - subsection 9 of 1 bytes
;;| Type[1]:
;;|  - type[0] (i32) -> nil
;;| Function[1]:
;;|  - func[0] sig=0 <f>
;;| Custom:
;;|  - name: "metadata.code.branch_hint"
;;|  - func[0] <f> hints=1
;;|   - offset=0x5 likely
;;| Code[1]:
;;|  - func[0] size=9 <f>
;;| Custom:
;;|  - name: "name"
;;|  - func[0] <f>
;;| Custom:
;;|  - name: "producers"
;;|  - language: "C11" ""
;;|  - processed-by: "clang" "19.1.7"
;;| Custom:
;;|  - name: "target_features"
;;|  - [+] "bulk-memory"
;;|  - [-] "threads"
;;| Custom:
;;|  - name: "target_features"
;;|  - [+] "bulk-memory"
;;|  - (the rest could not be read)
;;| Custom:
;;|  - name: "sourceMappingURL"
;;|  - "test.js.map"
;;| Custom:
;;|  - name: "linking"
;;|  - version: 2
;;|  - symbol table [count=4]
;;|   - 0: func <main> func=0 flags=0x4 hidden
;;|   - 1: data <data> segment=0 offset=4 size=8 flags=0x0
;;|   - 2: section section=10 flags=0x2 local
;;|   - 3: func func=0 <f> flags=0x10 undefined
;;|  - (the rest could not be read)
;;| Custom:
;;|  - name: "reloc.CODE"
;;|  - relocations for section 1 [count=1] (-r shows them)
;;| Custom:
;;|  - name: "unknown"
;;|  - 0000000: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|  - 0000010: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|  - 0000020: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|  - 0000030: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|  - ... 32 more bytes (-s shows them)
;;| custom.wasm:	file format wasm 0x1
;;|
;;| Section Details:
;;|
;;| Custom:
;;|  - name: "producers"
;;|  - language: "C11" ""
;;|  - processed-by: "clang" "19.1.7"
