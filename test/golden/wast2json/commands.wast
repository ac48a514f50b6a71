;; RUN: wattle wast2json --features all %s -o %t/out.json
;; RUN: cat %t/out.json
;; RUN: ls %t
;; RUN: wattle wasm2wat %t/out.1.wasm
;; RUN: cat %t/out.6.wat
;; Every command, value and pattern of the script language.
(module $a
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "go") (param i64 f32 f64 v128 externref anyref funcref) (result f64 externref)
    unreachable)
  (global (export "g") (mut i64) (i64.const -1)))
(module definition $d binary "\00asm" "\01\00\00\00")
(module instance $i $d)
(module quote "(memory 1)")
(register "one" $a)
(register "last")
(invoke $a "add" (i32.const -1) (i32.const 0x10))
(assert_return (get $a "g") (i64.const -1))
(assert_trap
  (invoke $a "go" (i64.const -0x8000000000000000) (f32.const -0x1p-149) (f64.const nan:0x4)
    (v128.const f32x4 -inf nan 1.5 0) (ref.extern 7) (ref.host 8) (ref.null func))
  "unreachable")
(assert_exhaustion (invoke "a\"\\\n\7f\u{e9}\u{1F600}") "call stack exhausted")
(assert_exception (invoke "e"))
(assert_suspension (invoke "s") "unhandled tag")
(assert_return (invoke "all")
  (i32.const 7) (f32.const nan:canonical) (f64.const nan:arithmetic) (f64.const inf)
  (v128.const i8x16 -1 -2 0 1 2 3 4 5 6 7 8 9 10 11 12 255)
  (v128.const i16x8 -1 0 1 2 3 4 5 6) (v128.const i64x2 -1 0x7fffffffffffffff)
  (v128.const f64x2 nan:arithmetic -0)
  (either (i32.const 1) (i32.const 2)) (either (ref.null extern) (ref.extern 1))
  (ref.null) (ref.null 0) (ref.null $t) (ref.null any) (ref.null none) (ref.null nofunc) (ref.func)
  (ref.extern) (ref.extern 3) (ref.host 4) (ref.any) (ref.eq) (ref.i31) (ref.struct) (ref.array)
  (ref.exn) (ref.cont))
(assert_trap (module (func unreachable) (start 0)) "unreachable")
(assert_suspension (module (func unreachable) (start 0)) "unhandled tag")
(assert_unlinkable (module (import "x" "y" (func))) "unknown import")
(assert_malformed (module quote "(func" ") \22") "unexpected token")
(assert_invalid (module (func (type 9)) (; not even parsed ;)) "unknown type")
(assert_invalid (module (func (result i32))) "type mismatch")
(assert_malformed_custom (module quote "(func (@metadata.code.branch_hint \"\\00\") nop)") "x")
(assert_invalid_custom (module binary "\00asm") "y")
(thread $T (shared (module $a))
  (register "mem" $a)
  (invoke $a "add" (i32.const 1) (i32.const 2)))
(thread $empty)
(wait $T)
(wait $empty)
;; STDOUT
;;| {"source_filename": "%s",
;;|  "commands": [
;;|   {"type": "module", "line": 7, "name": "$a", "filename": "out.0.wasm"},
;;|   {"type": "module_definition", "line": 12, "name": "$d", "filename": "out.1.wasm"},
;;|   {"type": "module_instance", "line": 13, "instance": "$i", "module": "$d"},
;;|   {"type": "module", "line": 14, "filename": "out.2.wasm"},
;;|   {"type": "register", "line": 15, "name": "$a", "as": "one"},
;;|   {"type": "register", "line": 16, "as": "last"},
;;|   {"type": "action", "line": 17, "action": {"type": "invoke", "module": "$a", "field": "add", "args": [{"type": "i32", "value": "4294967295"}, {"type": "i32", "value": "16"}]}, "expected": [{"type": "i32"}]},
;;|   {"type": "assert_return", "line": 18, "action": {"type": "get", "module": "$a", "field": "g"}, "expected": [{"type": "i64", "value": "18446744073709551615"}]},
;;|   {"type": "assert_trap", "line": 20, "action": {"type": "invoke", "module": "$a", "field": "go", "args": [{"type": "i64", "value": "9223372036854775808"}, {"type": "f32", "value": "2147483649"}, {"type": "f64", "value": "9218868437227405316"}, {"type": "v128", "lane_type": "f32", "value": ["4286578688", "2143289344", "1069547520", "0"]}, {"type": "externref", "value": "7"}, {"type": "anyref", "value": "8"}, {"type": "funcref", "value": "null"}]}, "text": "unreachable", "expected": [{"type": "f64"}, {"type": "externref"}]},
;;|   {"type": "assert_exhaustion", "line": 23, "action": {"type": "invoke", "field": "a\u0022\u005c\u000a\u007fé😀", "args": []}, "text": "call stack exhausted", "expected": []},
;;|   {"type": "assert_exception", "line": 24, "action": {"type": "invoke", "field": "e", "args": []}, "expected": []},
;;|   {"type": "assert_suspension", "line": 25, "action": {"type": "invoke", "field": "s", "args": []}, "text": "unhandled tag", "expected": []},
;;|   {"type": "assert_return", "line": 26, "action": {"type": "invoke", "field": "all", "args": []}, "expected": [{"type": "i32", "value": "7"}, {"type": "f32", "value": "nan:canonical"}, {"type": "f64", "value": "nan:arithmetic"}, {"type": "f64", "value": "9218868437227405312"}, {"type": "v128", "lane_type": "i8", "value": ["255", "254", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "255"]}, {"type": "v128", "lane_type": "i16", "value": ["65535", "0", "1", "2", "3", "4", "5", "6"]}, {"type": "v128", "lane_type": "i64", "value": ["18446744073709551615", "9223372036854775807"]}, {"type": "v128", "lane_type": "f64", "value": ["nan:arithmetic", "9223372036854775808"]}, {"type": "either", "values": [{"type": "i32", "value": "1"}, {"type": "i32", "value": "2"}]}, {"type": "either", "values": [{"type": "externref", "value": "null"}, {"type": "externref", "value": "1"}]}, {"type": "refnull"}, {"type": "refnull"}, {"type": "refnull"}, {"type": "anyref", "value": "null"}, {"type": "nullref"}, {"type": "nullfuncref"}, {"type": "funcref"}, {"type": "externref"}, {"type": "externref", "value": "3"}, {"type": "anyref", "value": "4"}, {"type": "anyref"}, {"type": "eqref"}, {"type": "i31ref"}, {"type": "structref"}, {"type": "arrayref"}, {"type": "exnref"}, {"type": "contref"}]},
;;|   {"type": "assert_uninstantiable", "line": 35, "filename": "out.3.wasm", "text": "unreachable", "module_type": "binary"},
;;|   {"type": "assert_suspension", "line": 36, "filename": "out.4.wasm", "text": "unhandled tag", "module_type": "binary"},
;;|   {"type": "assert_unlinkable", "line": 37, "filename": "out.5.wasm", "text": "unknown import", "module_type": "binary"},
;;|   {"type": "assert_malformed", "line": 38, "filename": "out.6.wat", "text": "unexpected token", "module_type": "text"},
;;|   {"type": "assert_invalid", "line": 39, "filename": "out.7.wasm", "text": "unknown type", "module_type": "binary"},
;;|   {"type": "assert_invalid", "line": 40, "filename": "out.8.wasm", "text": "type mismatch", "module_type": "binary"},
;;|   {"type": "assert_malformed_custom", "line": 41, "filename": "out.9.wat", "text": "x", "module_type": "text"},
;;|   {"type": "assert_invalid_custom", "line": 42, "filename": "out.10.wasm", "text": "y", "module_type": "binary"},
;;|   {"type": "thread", "line": 43, "name": "$T", "shared_module": "$a", "commands": [
;;|   {"type": "register", "line": 44, "name": "$a", "as": "mem"},
;;|   {"type": "action", "line": 45, "action": {"type": "invoke", "module": "$a", "field": "add", "args": [{"type": "i32", "value": "1"}, {"type": "i32", "value": "2"}]}, "expected": [{"type": "i32"}]}]},
;;|   {"type": "thread", "line": 46, "name": "$empty", "commands": [
;;| ]},
;;|   {"type": "wait", "line": 47, "thread": "$T"},
;;|   {"type": "wait", "line": 48, "thread": "$empty"}]}
;;| out.0.wasm
;;| out.1.wasm
;;| out.10.wasm
;;| out.2.wasm
;;| out.3.wasm
;;| out.4.wasm
;;| out.5.wasm
;;| out.6.wat
;;| out.7.wasm
;;| out.8.wasm
;;| out.9.wat
;;| out.json
;;| (module
;;| )
;;| (func) "
;;\
