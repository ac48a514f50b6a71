;; features: default
;; What is no module in the binary format: each byte string has one mistake.

(assert_malformed (module binary "") "unexpected end")
(assert_malformed (module binary "\00as") "unexpected end")
(assert_malformed (module binary "\00ASM\01\00\00\00") "magic header not detected")
(assert_malformed (module binary "\00asm\02\00\00\00") "unknown binary version")
(assert_malformed (module binary "\00asm\01\00\00") "unexpected end")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0e\00") "malformed section id")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01") "unexpected end")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\7f\00") "length out of bounds")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\06\01\60\00\00\00\00")
  "section size mismatch")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\01\00" "\01\01\00")
  "unexpected content after last section")
(assert_malformed (module binary "\00asm\01\00\00\00" "\03\01\00" "\01\01\00")
  "unexpected content after last section")
;; numbers
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\80\80\80\80\80\00")
  "integer representation too long")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\ff\ff\ff\ff\1f") "integer too large")
(assert_malformed (module binary "\00asm\01\00\00\00"
    "\06\0a\01\7f\00\41\ff\ff\ff\ff\4f\0b")
  "integer too large")
;; names
(assert_malformed (module binary "\00asm\01\00\00\00" "\00\02\01\ff") "malformed UTF-8 encoding")
(assert_malformed (module binary "\00asm\01\00\00\00" "\00\02\05a") "length out of bounds")
(assert_malformed (module binary "\00asm\01\00\00\00"
    "\01\04\01\60\00\00" "\02\06\01\01\c0\00\00\00")
  "malformed UTF-8 encoding")
;; types
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\05\01\60\01\40\00")
  "malformed value type")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\02\01\42") "malformed definition type")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\5e\7f\02") "malformed mutability")
(assert_malformed (module binary "\00asm\01\00\00\00" "\06\06\01\7f\02\41\00\0b")
  "malformed mutability")
(assert_malformed (module binary "\00asm\01\00\00\00" "\04\04\01\7f\00\00")
  "malformed reference type")
(assert_malformed (module binary "\00asm\01\00\00\00" "\05\03\01\10\00") "malformed limits flags")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0d\03\01\01\00") "malformed tag attribute")
(assert_malformed (module binary "\00asm\01\00\00\00" "\02\05\01\00\00\05\00")
  "malformed import kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\07\04\01\00\05\00")
  "malformed export kind")
;; code
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00")
  "function and code section have inconsistent lengths")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0a\04\01\02\00\0b")
  "function and code section have inconsistent lengths")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\05\01\03\00\ff\0b")
  "illegal opcode")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\fc\7f\0b\0b")
  "illegal opcode")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\0c\01\0a\02\ff\ff\ff\ff\0f\7f\02\7e\0b")
  "too many locals")
;; segments
(assert_malformed (module binary "\00asm\01\00\00\00" "\0c\01\01")
  "data count and data section have inconsistent lengths")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0c\01\00" "\0b\03\01\01\00")
  "data count and data section have inconsistent lengths")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\fc\09\00\0b" "\0b\03\01\01\00")
  "data count section required")
(assert_malformed (module binary "\00asm\01\00\00\00" "\0b\03\01\03\00")
  "malformed data segment kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\09\03\01\08\00")
  "malformed elements segment kind")

;; instructions with immediates that nothing means
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\05\03\01\00\01"
    "\0a\0b\01\09\00\41\00\28\80\01\00\1a\0b")
  "malformed memop flags")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\d0\60\1a\0b")
  "malformed heap type")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\02\41\0b\0b")
  "malformed value type")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\08\01\06\00\02\ff\7f\0b\0b")
  "malformed block type")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\0b\01\09\00\00\fb\18\04\00\6e\6e\0b")
  "malformed br_on_cast flags")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\0a\01\08\00\1f\40\01\04\00\0b\0b")
  "malformed catch clause")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\07\01\05\00\fe\03\01\0b")
  "zero byte expected")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00"
    "\0a\05\01\03\00\05\0b")
  "unexpected token")
(assert_malformed (module binary "\00asm\01\00\00\00" "\01\04\01\5e\79\00") "malformed storage type")
(assert_malformed (module binary "\00asm\01\00\00\00" "\09\04\01\01\01\00")
  "malformed element kind")
(assert_malformed (module binary "\00asm\01\00\00\00" "\04\05\01\40\01\70\00") "zero byte expected")

;; and what is one, though unusual
(module binary "\00asm\01\00\00\00")
(module binary "\00asm" "\01\00\00\00" "\00\01\00" "\01\01\00" "\00\02\00a")
(module binary "\00asm\01\00\00\00" "\01\84\80\00\01\60\00\00")
(module binary "\00asm\01\00\00\00" "\01\04\01\60\00\00" "\03\02\01\00" "\0a\05\01\03\00\01\0b")
(module binary "\00asm\01\00\00\00" "\0c\01\00")
(module binary "\00asm\01\00\00\00" "\01\06\01\60\01\63\70\00")
