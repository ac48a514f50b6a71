;; Data segments are in memory from the start. A string is an address
;; and a length, and what the bytes mean is an agreement: here UTF-8.
(module
  (memory (export "memory") 1)
  (data (i32.const 16) "Grüße, wattle!")
  (data $greeting "a passive segment: copied when it is asked for")

  ;; Characters in UTF-8: bytes that do not continue another,
  ;; 0b10xxxxxx
  (func $characters (export "characters") (param $at i32) (param $size i32) (result i32)
    (local $count i32)
    (loop $next
      (if (local.get $size)
        (then
          (local.set $count
            (i32.add
              (local.get $count)
              (i32.ne
                (i32.and (i32.load8_u (local.get $at)) (i32.const 0xc0))
                (i32.const 0x80))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (local.set $size (i32.sub (local.get $size) (i32.const 1)))
          (br $next))))
    (local.get $count))

  ;; Two results: where the text is, and how long
  (func (export "text") (result i32 i32)
    (i32.const 16) (i32.const 16))

  (func (export "copy") (param $to i32)
    (memory.init $greeting (local.get $to) (i32.const 0) (i32.const 17))
    (data.drop $greeting)))
