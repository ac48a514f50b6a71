;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "export a() -> view u8[8 b()];"
         "export b() -> view u8[a(];"
         "export c() -> view u8[];"
         "export d() -> view u8[(a() + 2) * n(1, 2) - x.y()];"
         "export e() -> view u8[1 + ];"
         "export f() -> view u8[`x`];")
  (memory (export "memory") 1)
  (func (export "a") (result i32) (i32.const 0)) (func (export "b") (result i32) (i32.const 0))
  (func (export "c") (result i32) (i32.const 0)) (func (export "d") (result i32) (i32.const 0))
  (func (export "e") (result i32) (i32.const 0)) (func (export "f") (result i32) (i32.const 0)))
;; STDERR
;;| %s:wattle.bind:1:25: error[W0511]: binding: found b, expected one of + - * / . ( , ) ]
;;| %s:wattle.bind:2:25: error[W0511]: binding: found ], expected a name or a number
;;| %s:wattle.bind:3:23: error[W0511]: binding: found ], expected a name or a number
;;| %s:wattle.bind:5:27: error[W0511]: binding: found ], expected a name or a number
;;| %s:wattle.bind:6:23: error[W0511]: binding: found `, expected a name or a number
