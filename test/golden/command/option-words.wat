;; Options that take one of some words say which, and so does --listen.
;; RUN: wattle run --tier fast %s || test $? = 2
;; RUN: wattle validate --diagnostics=loud %s || test $? = 2
;; RUN: wattle run --listen 8080 %s || test $? = 2
;; RUN: wattle run --listen 127.0.0.1:99999 %s || test $? = 2
(module (func (export "_start")))
;; STDERR
;;| wattle run: --tier is auto, interp or baseline, not 'fast'
;;| wattle validate: --diagnostics is text, brief or json, not 'loud'
;;| wattle run: cannot listen at 8080: it is not HOST:PORT
;;| wattle run: cannot listen at 127.0.0.1:99999: it is not HOST:PORT
