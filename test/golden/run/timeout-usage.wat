;; RUN: wattle run --timeout=soon %s
;; EXIT: 2
(module (func (export "_start")))
;; STDERR
;;| wattle run: no number of seconds: soon
