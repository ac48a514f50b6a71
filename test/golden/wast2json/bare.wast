;; RUN: wattle wast2json %s -o %t/x.json
;; RUN: cat %t/x.json
;; RUN: cd %t && wast2json %s && hex < $(ls *.0.wasm | head -1)
;; Fields without (module, and the names of files without -o; the link leaves identifiers out.
(func $f (export "f"))
(memory 1)
;; STDOUT
;;| {"source_filename": "%s",
;;|  "commands": [
;;|   {"type": "module", "line": 5, "filename": "x.0.wasm"}]}
;;| 00 61 73 6d 01 00 00 00 01 04 01 60 00 00 03 02
;;| 01 00 05 03 01 00 01 07 05 01 01 66 00 00 0a 04
;;| 01 02 00 0b
