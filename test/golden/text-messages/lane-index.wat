;; RUN: wattle validate %s
;; EXIT: 1
(module
  (func (param v128) (result i32) (i8x16.extract_lane_s 16 (local.get 0))))
;; STDERR
;;| %s:4:36: error[W0316]: invalid lane index: 16, but i8x16.extract_lane_s has lanes 0 to 15
;;|      4 |   (func (param v128) (result i32) (i8x16.extract_lane_s 16 (local.get 0))))
;;|        |                                    ^~~~~~~~~~~~~~~~~~~~
