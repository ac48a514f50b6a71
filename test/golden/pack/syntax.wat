;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "export f(a u32);"
         "export f(a: u32;"
         "export f() -> view u8[g{}];"
         "enum E { a = 99999999999 }"
         "import f;"
         "nonsense f;"
         "export f() export f()")
  (func (export "f") (param i32)))
;; STDERR
;;| %s:wattle.bind:1:12: error[W0511]: binding: found u32, expected `:`
;;| %s:wattle.bind:2:8: error[W0512]: name in a binding: export "f" has a clause already
;;| %s:wattle.bind:3:8: error[W0512]: name in a binding: export "f" has a clause already
;;| %s:wattle.bind:3:26: error[W0511]: binding: found ], expected export, import, class, record, enum, package, memory, alloc or free
;;| %s:wattle.bind:4:14: error[W0511]: binding: found 99999999999, expected a number of 32 bits
;;| %s:wattle.bind:5:8: error[W0511]: binding: found f, expected the name of a module in quotes
;;| %s:wattle.bind:6:1: error[W0511]: binding: found nonsense, expected export, import, class, record, enum, package, memory, alloc or free
;;| %s:wattle.bind:7:8: error[W0512]: name in a binding: export "f" has a clause already
