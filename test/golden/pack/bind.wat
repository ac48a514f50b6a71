;; RUN: wattle bind %s
;; RUN: wattle bind --json %s
(module
  (@bind "package \"tiny-life\"; alloc \"take\";"
         "class Life free \"drop\";"
         "export make as Life.new(size: u32) -> Life;")
  (@bind "export cells as Life.cells(self) -> view u8[self.size()]; // live"
         "export size as Life.size(self) -> u32"
         ";")
  (import "env" "now" (func $now (result f64)))
  (import "env" "raw" (func $raw (param v128)))
  (import "env" "grid" (global $grid i32))
  (@bind "import \"env\" \"now\" = performance.now () -> f64;")
  (memory (export "memory") 1)
  (func (export "take") (param $size i32) (result i32) (i32.const 16))
  (func (export "drop") (param i32))
  (func (export "make") (param i32) (result i32) (i32.const 64))
  (func (export "cells") (param i32) (result i32) (i32.const 128))
  (func (export "size") (param i32) (result i32) (i32.const 8))
  (func (export "both") (param $a i64) (param $delete f32) (result i32 i64) (i32.const 1) (i64.const 2))
  (func (export "2 odd-name") (param $a externref) (result externref) (local.get 0))
  (func (export "plain") (param $my-name i32) (param $my-name2 i64) (result f64) (f64.const 1)))
;; STDOUT
;;| package "tiny-life";
;;| memory "memory";
;;| alloc "take";
;;| class Life free "drop";
;;| import "env" "now" = performance.now () -> f64;
;;| # import "env" "raw": func
;;| # import "env" "grid": global
;;| # export "memory": memory
;;| export hidden "drop";
;;| export "make" as Life.new(size: u32) -> Life;
;;| export "cells" as Life.cells(self) -> view u8[self.size()];
;;| export "size" as Life.size(self) -> u32;
;;| # export "both": a function that only JavaScript's own numbers cannot call
;;| export "2 odd-name" as _2_odd_name(a: any) -> any;
;;| export "plain" (my_name: s32, my_name2: s64) -> f64;
;;| {"package":"tiny-life","definitions":[{"kind":"class","name":"Life","free":"drop","members":[]}],"imports":[{"module":"env","from":"global","source":"performance.now","name":"now","kind":"func","params":[],"result":{"type":"f64","typescript":"number"}},{"module":"env","from":"given","name":"raw","kind":"func","params":[{"name":"p0","value":{"type":"none","typescript":"never"}}],"result":{"type":null}},{"module":"env","from":"given","name":"grid","kind":"global"}],"exports":[{"name":"memory","kind":"memory","js":"memory"},{"name":"take","kind":"func","js":"take","hidden":true,"params":[{"name":"size","value":{"type":"s32","typescript":"number"}}],"result":{"type":"s32","typescript":"number"}},{"name":"drop","kind":"func","js":"drop","hidden":true,"params":[{"name":"p0","value":{"type":"s32","typescript":"number"}}],"result":{"type":null}},{"name":"make","kind":"func","js":"new","class":"Life","role":"constructor","params":[{"name":"size","value":{"type":"u32","typescript":"number"}}],"result":{"type":"Life","typescript":"Life"}},{"name":"cells","kind":"func","js":"cells","class":"Life","role":"method","params":[{"name":"self","value":{"type":"Life","typescript":"Life"}}],"result":{"type":"view u8[self.size()]","typescript":"Uint8Array"}},{"name":"size","kind":"func","js":"size","class":"Life","role":"method","params":[{"name":"self","value":{"type":"Life","typescript":"Life"}}],"result":{"type":"u32","typescript":"number"}},{"name":"both","kind":"func","js":"both","params":[{"name":"a","value":{"type":"s64","typescript":"bigint"}},{"name":"p1","value":{"type":"f32","typescript":"number"}}],"result":{"type":null}},{"name":"2 odd-name","kind":"func","js":"_2_odd_name","params":[{"name":"a","value":{"type":"any","typescript":"any"}}],"result":{"type":"any","typescript":"any"}},{"name":"plain","kind":"func","js":"plain","params":[{"name":"my_name","value":{"type":"s32","typescript":"number"}},{"name":"my_name2","value":{"type":"s64","typescript":"bigint"}}],"result":{"type":"f64","typescript":"number"}}]}
