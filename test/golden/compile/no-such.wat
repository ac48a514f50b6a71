;; Functions that there are not, or without code.
;; RUN: wattle compile --func 7 %s || true
;; RUN: wattle compile --func fib %s || true
;; RUN: wattle compile --func 0 %s || true
;; RUN: wattle compile --print=ir %s || true
;; RUN: wattle compile --cpu=8086 %s || true
(module (import "env" "f" (func)) (func $g))
;; STDERR
;;| wattle compile: there is no function 7 among 2
;;| wattle compile: there is no function fib among 2
;;| wattle compile: %s: an imported function has no code
;;| wattle compile: --print is asm or asm,wasm, not 'ir'
;;| wattle compile: unknown word '8086' in --cpu; there are native, generic, popcnt, lzcnt, bmi1, bmi2, avx, avx2, fma
