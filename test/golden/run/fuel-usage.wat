;; RUN: wattle run --fuel=-1 %s
;; EXIT: 2
(module (func (export "_start")))
;; STDERR
;;| wattle run: no amount of fuel: -1
