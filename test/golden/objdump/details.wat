;; RUN: wattle wat2wasm %s -o %t/all.wasm
;; RUN: wattle objdump -h -x %t/all.wasm
(module $everything
  (type $ii (func (param i32) (result i32)))
  (type $pair (func (param i32 i64) (result f32 f64)))
  (type $none (func))
  (rec
    (type $node (sub (struct (field $next (ref null $node)) (field $tag (mut i8)))))
    (type $leaf (sub final $node
      (struct (field (ref null $node)) (field (mut i8)) (field v128)))))
  (type $bytes (array (mut i8)))
  (import "env" "print" (func $print (type $ii)))
  (import "env" "table" (table 1 10 funcref))
  (import "env" "memory" (memory 1 2 shared))
  (import "env" "base" (global $base i32))
  (import "env" "stop" (tag $stop (type $none)))
  (func $twice (type $ii) (param $x i32) (result i32) (local $y i64)
    (i32.mul (local.get $x) (i32.const 2)))
  (func $start)
  (func (export "two words") (type $pair) (f32.const 1) (f64.const 2))
  (table $t 2 (ref null $ii))
  (table $u i64 3 funcref)
  (table 1 (ref func) (ref.func $twice))
  (memory $big i64 1)
  (tag $oops (param i32))
  (global $g (mut i64) (i64.const -7))
  (global $h i32 (i32.add (global.get $base) (i32.const 4)))
  (global $f f64 (f64.const 0.1))
  (global $n (ref null $node) (ref.null none))
  (export "twice" (func $twice))
  (export "big" (memory $big))
  (start $start)
  (elem (i32.const 0) func $twice $print)
  (elem (table $t) (offset (global.get $h)) (ref null $ii) (ref.func $twice) (ref.null $ii))
  (elem $passive func $start)
  (elem declare func $print)
  (data (i32.const 1024) "hello, world\0a")
  (data (memory $big) (i64.const 16) "0123456789abcdef0123456789abcdef0123456789abcdef"
    "0123456789abcdef0123456789abcdef")
  (data $later "\00\ff")
  (func (memory.init 0 $later (i32.const 0) (i32.const 0) (i32.const 0))))
;; STDOUT
;;| all.wasm:	file format wasm 0x1
;;|
;;| Sections:
;;|
;;|      Type start=0x0000000a end=0x00000038 (size=0x0000002e) count: 6
;;|    Import start=0x0000003a end=0x0000007d (size=0x00000043) count: 5
;;|  Function start=0x0000007f end=0x00000084 (size=0x00000005) count: 4
;;|     Table start=0x00000086 end=0x00000097 (size=0x00000011) count: 3
;;|    Memory start=0x00000099 end=0x0000009c (size=0x00000003) count: 1
;;|       Tag start=0x0000009e end=0x000000a1 (size=0x00000003) count: 1
;;|    Global start=0x000000a3 end=0x000000c3 (size=0x00000020) count: 4
;;|    Export start=0x000000c5 end=0x000000e0 (size=0x0000001b) count: 3
;;|     Start start=0x000000e2 end=0x000000e3 (size=0x00000001) start: 2
;;|      Elem start=0x000000e5 end=0x00000103 (size=0x0000001e) count: 4
;;| DataCount start=0x00000105 end=0x00000106 (size=0x00000001) count: 3
;;|      Code start=0x00000108 end=0x00000134 (size=0x0000002c) count: 4
;;|      Data start=0x00000136 end=0x000001a4 (size=0x0000006e) count: 3
;;|    Custom start=0x000001a7 end=0x0000025d (size=0x000000b6) "name"
;;|
;;| Section Details:
;;|
;;| Type[7]:
;;|  - type[0] <ii> (i32) -> i32
;;|  - type[1] <pair> (i32, i64) -> (f32, f64)
;;|  - type[2] <none> () -> nil
;;|  - rec group of 2
;;|  - type[3] <node> sub (struct (field "next" (ref null 3)) (field "tag" (mut i8)))
;;|  - type[4] <leaf> sub final type[3] (struct (field (ref null 3)) (field (mut i8)) (field v128))
;;|  - type[5] <bytes> (array (field (mut i8)))
;;|  - type[6] (i32) -> nil
;;| Import[5]:
;;|  - func[0] <print> sig=0 <- "env"."print"
;;|  - table[0] <env.table> type=funcref initial=1 max=10 <- "env"."table"
;;|  - memory[0] <env.memory> pages: initial=1 max=2 shared <- "env"."memory"
;;|  - global[0] <base> i32 mutable=0 <- "env"."base"
;;|  - tag[0] <stop> sig=2 <- "env"."stop"
;;| Function[4]:
;;|  - func[1] sig=0 <twice>
;;|  - func[2] sig=2 <start>
;;|  - func[3] sig=1 <two words>
;;|  - func[4] sig=2
;;| Table[3]:
;;|  - table[1] <t> type=(ref null 0) initial=2
;;|  - table[2] <u> type=funcref initial=3 i64
;;|  - table[3] type=(ref func) initial=1 - init (ref.func 1 <twice>)
;;| Memory[1]:
;;|  - memory[1] <big> pages: initial=1 i64
;;| Tag[1]:
;;|  - tag[1] <oops> sig=6
;;| Global[4]:
;;|  - global[1] <g> i64 mutable=1 - init i64=-7
;;|  - global[2] <h> i32 mutable=0 - init (global.get 0 <base>, i32.const 4, i32.add)
;;|  - global[3] <f> f64 mutable=0 - init f64=0.1
;;|  - global[4] <n> (ref null 3) mutable=0 - init (ref.null none)
;;| Export[3]:
;;|  - func[3] <two words> -> "two words"
;;|  - func[1] <twice> -> "twice"
;;|  - memory[1] <big> -> "big"
;;| Start:
;;|  - start function: 2 <start>
;;| Elem[4]:
;;|  - segment[0] flags=0 table=0 type=(ref func) count=2 - init i32=0
;;|   - elem[0] = ref.func:1 <twice>
;;|   - elem[1] = ref.func:0 <print>
;;|  - segment[1] flags=6 table=1 type=(ref null 0) count=2 - init (global.get 2 <h>)
;;|   - elem[0] = (ref.func 1 <twice>)
;;|   - elem[1] = (ref.null 0 <ii>)
;;|  - segment[2] <passive> flags=1 passive type=(ref func) count=1
;;|   - elem[0] = ref.func:2 <start>
;;|  - segment[3] flags=3 declarative type=(ref func) count=1
;;|   - elem[0] = ref.func:0 <print>
;;| DataCount:
;;|  - data count: 3
;;| Code[4]:
;;|  - func[1] size=9 <twice>
;;|  - func[2] size=2 <start>
;;|  - func[3] size=16 <two words>
;;|  - func[4] size=12
;;| Data[3]:
;;|  - segment[0] memory=0 size=13 - init i32=1024
;;|   - 0000400: 6865 6c6c 6f2c 2077 6f72 6c64 0a         hello, world.
;;|  - segment[1] memory=1 size=80 - init i64=16
;;|   - 0000010: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|   - 0000020: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|   - 0000030: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|   - 0000040: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|   - 0000050: 3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef
;;|  - segment[2] <later> passive size=2
;;|   - 0000000: 00ff                                     ..
;;| Custom:
;;|  - name: "name"
;;|  - module <everything>
;;|  - func[0] <print>
;;|  - func[1] <twice>
;;|  - func[2] <start>
;;|  - func[1] local[0] <x>
;;|  - func[1] local[1] <y>
;;|  - type[0] <ii>
;;|  - type[1] <pair>
;;|  - type[2] <none>
;;|  - type[3] <node>
;;|  - type[4] <leaf>
;;|  - type[5] <bytes>
;;|  - table[1] <t>
;;|  - table[2] <u>
;;|  - memory[1] <big>
;;|  - global[0] <base>
;;|  - global[1] <g>
;;|  - global[2] <h>
;;|  - global[3] <f>
;;|  - global[4] <n>
;;|  - elem[2] <passive>
;;|  - data[2] <later>
;;|  - type[3] field[0] <next>
;;|  - type[3] field[1] <tag>
;;|  - tag[0] <stop>
;;|  - tag[1] <oops>
