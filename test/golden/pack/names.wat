;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "export nothing(a: u32);"
         "export f(a: Point);"
         "export f(a: u32);"
         "class C; class C;"
         "export g as D.g();"
         "import \"env\" \"g\" = Math.abs;")
  (func (export "f") (param i32))
  (func (export "g")))
;; STDERR
;;| %s:wattle.bind:1:8: error[W0512]: name in a binding: the module has no export "nothing"
;;|   hint: it has "f"
;;|   hint: it has "g"
;;| %s:wattle.bind:3:8: error[W0512]: name in a binding: export "f" has a clause already
;;| %s:wattle.bind:4:16: error[W0512]: name in a binding: C is defined twice
;;| %s:wattle.bind:5:8: error[W0512]: name in a binding: no class D is defined before this clause
;;| %s:wattle.bind:6:15: error[W0512]: name in a binding: the module has no import "g"
