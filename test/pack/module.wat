;; An import of an ES module, externref, classes that are references, and names of any kind.
(module
  (@bind "class Box free \"drop\";"
         "export make as Box.new(value: any) -> Box;"
         "export open as Box.open(self) -> any;"
         "export call(f: callback(any) -> any, value: any) -> any;"
         "import \"env\" \"call\" = callback (any) -> any;"
         "import \"env\" \"tag\" from \"./extra.js\" label (value: any) -> any;")
  (import "env" "call" (func $call (param externref externref) (result externref)))
  (import "env" "tag" (func $tag (param externref) (result externref)))
  (global $dropped (export "dropped") (mut i32) (i32.const 0))
  (table (export "table") 1 externref)
  (func (export "make") (param externref) (result externref) (call $tag (local.get 0)))
  (func (export "open") (param externref) (result externref) (local.get 0))
  (func (export "drop") (param externref)
    (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
  (func (export "call") (param externref externref) (result externref)
    (call $call (local.get 0) (local.get 1)))
  (func (export "pair") (param i64 f32) (result i64 f32) (local.get 0) (local.get 1)))
