;; WebAssembly is a stack machine: an instruction takes its operands
;; from a stack and puts its result there. Behind each line stands
;; what is on the stack then, its top last.
(module
  ;; (a + b) * (a - b), as the machine does it
  (func (export "flat") (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.add
    local.get $a
    local.get $b
    i32.sub
    i32.mul)

  ;; The same with parentheses: the operands stand inside. The bytes
  ;; are the same too: compare both functions in the Bytes pane.
  (func (export "folded") (param $a i32) (param $b i32) (result i32)
    (i32.mul
      (i32.add (local.get $a) (local.get $b))
      (i32.sub (local.get $a) (local.get $b))))

  ;; What nobody needs is dropped: at the end there is exactly what
  ;; (result …) says. Remove the drop and read the message.
  (func (export "last") (result i32)
    i32.const 1
    i32.const 2
    drop))
