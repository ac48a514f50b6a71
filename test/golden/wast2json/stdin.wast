;; RUN: cd %t && wattle wast2json - -o - < %s | tail -n 2; ls
(module)
(assert_return (invoke "f"))
;; STDOUT
;;|   {"type": "module", "line": 2, "filename": "-.0.wasm"},
;;|   {"type": "assert_return", "line": 3, "action": {"type": "invoke", "field": "f", "args": []}, "expected": []}]}
;;| -.0.wasm
