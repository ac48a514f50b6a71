;; What stands behind a directory is :ro, :rw or nothing; a name for the program may have colons if one of
;; the two follows.
;; RUN: mkdir %t/d; wattle run --trace --trace-limit 1 --dir %t/d::/:rw %s
;; RUN: wattle run --trace --trace-limit 1 --memfs /a:b:rw %s
;; RUN: wattle run --trace --trace-limit 1 --memfs %t/d::/x:y/z %s
;; RUN: cd %t; wattle run --trace --trace-limit 1 --dir d:rw %s
;; RUN: wattle run --dir %t::/:readonly %s || test $? = 2
;; RUN: wattle run --memfs work:rx %s || test $? = 2
;; RUN: wattle run --dir :ro %s || test $? = 2
;; RUN: wattle run --dir '' %s || test $? = 2
;; RUN: wattle run --dir ::/ %s || test $? = 2
;; RUN: wattle run --dir /tmp:: %s || test $? = 2
;; RUN: wattle run --memfs :rw %s || test $? = 2
;; RUN: wattle run --dir %t/none %s || test $? = 2
;; RUN: wattle run --dir %t/none:/ %s || test $? = 2
;; RUN: wattle run --dir %t/none::/ %s || test $? = 2
;; RUN: wattle run --dir %s %s || test $? = 2
;; RUN: wattle run --memfs %t/none::/ %s
;; EXIT: 2
(module
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name"
    (func $name (param i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (drop (call $name (i32.const 3) (i32.const 0) (i32.const 100)))))
;; STDERR
;;| fd_prestat_dir_name(3, "/\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"...) = 0
;;| fd_prestat_dir_name(3, "/a:b\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"...) = 0
;;| fd_prestat_dir_name(3, "/x:y/z\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"...) = 0
;;| fd_prestat_dir_name(3, "d\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00\00"...) = 0
;;| wattle run: --dir %t::/:readonly ends in ':readonly'; expected :ro, :rw or nothing
;;| wattle run: --memfs work:rx ends in ':rx'; expected :ro, :rw or nothing
;;| wattle run: --dir wants HOST[::GUEST][:ro], not ':ro'
;;| wattle run: --dir wants HOST[::GUEST][:ro], not ''
;;| wattle run: --dir wants HOST[::GUEST][:ro], not '::/'
;;| wattle run: --dir wants HOST[::GUEST][:ro], not '/tmp::'
;;| wattle run: --memfs wants [HOST::]GUEST[:ro], not ':rw'
;;| wattle run: --dir %t/none: no such file or directory
;;| wattle run: --dir %t/none:/: no such file or directory; behind HOST stands ::GUEST, :ro, :rw or nothing
;;| wattle run: --dir %t/none: no such file or directory
;;| wattle run: --dir %s: not a directory
;;| wattle run: --memfs %t/none: no such file or directory
