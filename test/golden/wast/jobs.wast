;; RUN: for i in 1 2 3 4 5 6 7 8 9; do cp %s %t/$i.wast; done; wattle wast -j4 %t %t/none.wast %t/3.wast
;; EXIT: 3
;; Several scripts at once: what they print comes in order.
(module (func (export "one") (result i32) (i32.const 1)))
(assert_return (invoke "one") (i32.const 1))
(assert_return (invoke "one") (i32.const 2))
;; STDOUT
;;| %t/1.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/2.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/3.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/4.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/5.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/6.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/7.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/8.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/9.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| %t/3.wast:6:1: assert_return: expected (i32.const 2), got (i32.const 1)
;;| 10 passed, 10 failed, 0 skipped
;; STDERR
;;| wattle wast: %t/none.wast: no such file or directory
