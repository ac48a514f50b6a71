;; RUN: wattle wat2wasm %s -o %t/data.wasm
;; RUN: wattle objdump -s %t/data.wasm
;; RUN: wattle objdump -s -j data %t/data.wasm
;; RUN: wattle objdump -h -j Memory %t/data.wasm
(module
  (memory 1)
  (data (i32.const 0) "The quick brown fox\00\01\02\7f\80\ff")
  (@custom "note" "some bytes"))
;; STDOUT
;;| data.wasm:	file format wasm 0x1
;;|
;;| Contents of section Memory:
;;| 000000a: 0100 01                                  ...
;;|
;;| Contents of section Data:
;;| 000000f: 0100 4100 0b19 5468 6520 7175 6963 6b20  ..A...The quick 
;;| 000001f: 6272 6f77 6e20 666f 7800 0102 7f80 ff    brown fox......
;;|
;;| Contents of section Custom "note":
;;| 0000030: 046e 6f74 6573 6f6d 6520 6279 7465 73    .notesome bytes
;;| data.wasm:	file format wasm 0x1
;;|
;;| Contents of section Data:
;;| 000000f: 0100 4100 0b19 5468 6520 7175 6963 6b20  ..A...The quick 
;;| 000001f: 6272 6f77 6e20 666f 7800 0102 7f80 ff    brown fox......
;;| data.wasm:	file format wasm 0x1
;;|
;;| Sections:
;;|
;;|    Memory start=0x0000000a end=0x0000000d (size=0x00000003) count: 1
