;; The condition of a folded if stands in its parentheses, but its label is no label of the condition:
;; branches in there were shown with the label next to theirs, which made another module.
;; RUN: wattle wat2wasm %s -o %t/a.wasm
;; RUN: wattle wasm2wat --fold %t/a.wasm -o %t/b.wat
;; RUN: wattle wat2wasm %t/b.wat -o %t/b.wasm
;; RUN: cmp %t/a.wasm %t/b.wasm
;; RUN: cat %t/b.wat
(module
  (func (param i32) (result i32)
    block $far (result i32)
      block $near (result i32)
        block $inner (result i32)
          i32.const 1
          local.get 0
          br_table $inner $near $far
        end
        if $own (result i32)
          i32.const 1
          br $own
        else
          i32.const 2
        end
      end
    end))
;; STDOUT
;;| (module
;;|   (type (;0;) (func (param i32) (result i32)))
;;|   (func (;0;) (type 0) (param i32) (result i32)
;;|     (block $far (result i32)
;;|       (block $near (result i32)
;;|         (if $own (result i32)
;;|           (block $inner (result i32)
;;|             (i32.const 1)
;;|             (br_table $inner $near $far
;;|               (local.get 0)))
;;|           (then
;;|             (br $own
;;|               (i32.const 1)))
;;|           (else
;;|             (i32.const 2)))))
;;|   )
;;| )
