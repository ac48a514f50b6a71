;; features: 3.0,+custom-page-sizes
;; Memories with pages of another size.

(module (memory 1 (pagesize 1)) (memory $m i64 0 100 (pagesize 65536))
  (func (result i32) (memory.size)))
(module (memory 0xffffffff (pagesize 1)))
(assert_invalid (module (memory 1 (pagesize 2))) "invalid custom page size")
(assert_malformed (module quote "(memory 1 (pagesize 3))") "invalid custom page size")
(assert_malformed (module quote "(memory 1 (pagesize 0))") "invalid custom page size")
(assert_invalid (module (memory 0x1_0000_0000 (pagesize 1))) "memory size")
