;; What linkers export for themselves is hidden, unless a clause names it.
;; RUN: wattle bind %s
(module
  (@bind "export \"__heap_base\";")
  (global (export "__data_end") i32 (i32.const 1024))
  (global (export "__heap_base") i32 (i32.const 2048))
  (global (export "limit") i32 (i32.const 1))
  (func (export "__data_end_of") (result i32) (i32.const 1)))
;; STDOUT
;;| export hidden "__data_end";
;;| # export "__heap_base": global
;;| # export "limit": global
;;| export "__data_end_of" () -> s32;
