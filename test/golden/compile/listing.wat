;; Code beside its instructions, without the code itself, which changes: what it calls, and that
;; traps stand behind the function.
;; RUN: wattle compile --print=asm,wasm --cpu generic --func 1 --func nearest %s | sed -n -e '/ | /p' -e 's/^\(func.*\): [0-9].*/\1/p' -e 's/^ .*\(call\|jmp\) \(trap\|helper\)/    \1 \2/p' -e 's/^ .*  ; func/    ; func/p'
(module
  (import "env" "log" (func $log (param i32)))
  (func $add (param $x i32) (param $y i32) (result i32)
    (call $log (local.get $x))
    (i32.div_u (local.get $x) (local.get $y)))
  (func $other (call $other))
  (func $nearest (param f32) (result i64)
    (i64.trunc_f32_u (local.get 0))))
;; STDOUT
;;| func[1] <add>
;;|  000001: 20 00                      | local.get 0 <x>
;;|  000003: 10 00                      | call 0 <log>
;;|     ; func[0] <log>
;;|  000005: 20 00                      | local.get 0 <x>
;;|  000007: 20 01                      | local.get 1 <y>
;;|  000009: 6e                         | i32.div_u
;;|  00000a: 0b                         | end
;;|     jmp trap "call stack exhausted"
;;|  000009: 6e                         | i32.div_u
;;|     jmp trap "integer divide by zero"
;;| func[3] <nearest>
;;|  000001: 20 00                      | local.get 0
;;|  000003: af                         | i64.trunc_f32_u
;;|     call helper i64.trunc_f32_u
;;|  000004: 0b                         | end
;;|     jmp trap "call stack exhausted"
