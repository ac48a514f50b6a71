;; Options that take one of some words say which, and all others what they expect.
;; RUN: wattle run --tier fast %s || test $? = 2
;; RUN: wattle validate --diagnostics=loud %s || test $? = 2
;; RUN: wattle run --listen 8080 %s || test $? = 2
;; RUN: wattle run --listen 127.0.0.1:99999 %s || test $? = 2
;; RUN: wattle run --listen 127.0.0.1: %s || test $? = 2
;; RUN: wattle run --listen 127.0.0.1:http %s || test $? = 2
;; RUN: wattle run --listen www.example.org:80 %s || test $? = 2
;; RUN: wattle run --listen ::1:8080 %s || test $? = 2
;; RUN: wattle run --listen '[127.0.0.1]:8080' %s || test $? = 2
;; RUN: wattle run --listen 192.0.2.1:8080 %s || test $? = 2
;; RUN: wattle run --env NAME %s || test $? = 2
;; RUN: wattle run --trace=all %s || test $? = 2
;; RUN: wattle run --trace-limit 5 %s || test $? = 2
;; RUN: wattle run --stats=all %s || test $? = 2
;; RUN: wattle run -j many %s || test $? = 2
;; RUN: wattle run --jobs=1000000 %s || test $? = 2
;; RUN: wattle run --max-threads few %s || test $? = 2
;; RUN: wattle run -q %s || test $? = 2
;; RUN: wattle run --gdb=1 %s || test $? = 2
;; RUN: wattle wat2wasm -o || test $? = 2
;; RUN: wattle run --timeout || test $? = 2
;; RUN: wattle run --invoke '' %s
;; EXIT: 2
(module (func (export "_start")))
;; STDERR
;;| wattle run: --tier is auto, interp or baseline, not 'fast'
;;| wattle validate: --diagnostics is text, brief or json, not 'loud'
;;| wattle run: cannot listen at 8080: HOST:PORT is expected, such as 127.0.0.1:8080
;;| wattle run: cannot listen at 127.0.0.1:99999: PORT is not a number from 0 to 65535
;;| wattle run: cannot listen at 127.0.0.1:: PORT is not a number from 0 to 65535
;;| wattle run: cannot listen at 127.0.0.1:http: PORT is not a number from 0 to 65535
;;| wattle run: cannot listen at www.example.org:80: HOST is not an address, and names other than localhost are not looked up
;;| wattle run: cannot listen at ::1:8080: an address of IPv6 stands in brackets, such as [::1]:8080
;;| wattle run: cannot listen at [127.0.0.1]:8080: what stands in brackets is not an address of IPv6
;;| wattle run: cannot listen at 192.0.2.1:8080: this machine has no such address; without a HOST the program listens at all that it has
;;| wattle run: --env wants NAME=VALUE in UTF-8, not NAME
;;| wattle run: --trace tells the calls of wasi, or instructions, not 'all'
;;| wattle run: --trace-limit bounds a trace, and there is no --trace
;;| wattle run: --stats counts instructions, or nothing, not 'all'
;;| wattle run: --jobs is a number from 0 to 100000, not 'many'
;;| wattle run: --jobs is a number from 0 to 100000, not '1000000'
;;| wattle run: --max-threads is a number, 0 for none, not 'few'
;;| wattle run: unknown option '-q'; see wattle run --help
;;| wattle run: this option takes no value: '--gdb=1'; see wattle run --help
;;| wattle wat2wasm: -o needs a value: -o FILE; see wattle wat2wasm --help
;;| wattle run: --timeout needs a value: --timeout SECONDS; see wattle run --help
;;| wattle run: there is no exported function '' among 1; see `wattle objdump -x`
