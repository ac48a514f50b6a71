;; Offsets of a module in the binary format are those of the file; a loop and a memory.
;; RUN: wattle wat2wasm %s -o %t/a.wasm
;; RUN: wattle compile --print=asm,wasm --cpu generic %t/a.wasm | sed -n -e '/ | /p' -e 's/^\(func.*\): [0-9].*/\1/p' -e 's/^ .*\(call\|jmp\) \(trap\|helper\)/    \1 \2/p' -e 's/^ .*  ; func/    ; func/p'
(module
  (memory 1)
  (func $sum (export "sum") (param $at i32) (param $end i32) (result i32)
    (local $sum i32)
    (loop $more
      (local.set $sum (i32.add (local.get $sum) (i32.load offset=8 (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $more (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $sum)))
;; STDOUT
;;| func[0] <sum>
;;|  00002a: 03 40                      | loop <@1>
;;|  00002c: 20 02                      |   local.get 2 <sum>
;;|  00002e: 20 00                      |   local.get 0 <at>
;;|  000030: 28 02 08                   |   i32.load offset=8
;;|  000033: 6a                         |   i32.add
;;|  000034: 21 02                      |   local.set 2 <sum>
;;|  000036: 20 00                      |   local.get 0 <at>
;;|  000038: 41 04                      |   i32.const 4
;;|  00003a: 6a                         |   i32.add
;;|  00003b: 21 00                      |   local.set 0 <at>
;;|  00003d: 20 00                      |   local.get 0 <at>
;;|  00003f: 20 01                      |   local.get 1 <end>
;;|  000041: 49                         |   i32.lt_u
;;|  000042: 0d 00                      |   br_if 0 <@1>
;;|  000044: 0b                         | end
;;|  000045: 20 02                      | local.get 2 <sum>
;;|  000047: 0b                         | end
