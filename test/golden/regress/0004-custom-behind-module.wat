;; RUN: wattle wat2wasm %s -o -
;; EXIT: 1
;; Seven custom sections, sorted, and an eighth behind the module: it wrote past the list.
(module
  (@custom "a" "1") (@custom "b" "2") (@custom "c" "3") (@custom "d" "4")
  (@custom "e" "5") (@custom "f" "6") (@custom "g" "7"))
(@custom "h" "8")
(@custom "i" "9")
;; STDERR
;;| %s:7:1: error[W0501]: misplaced @custom annotation: it stands between the fields of a module
;;|      7 | (@custom "h" "8")
;;|        | ^~~~~~~~
;;| %s:8:1: error[W0501]: misplaced @custom annotation: it stands between the fields of a module
;;|      8 | (@custom "i" "9")
;;|        | ^~~~~~~~
