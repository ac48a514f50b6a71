;; RUN: wattle validate %s
;; EXIT: 1
(module
  (memory 1)
  (func (result i32) current_memory))
;; STDERR
;;| %s:5:22: error[W0109]: unknown operator current_memory, expected an instruction
;;|      5 |   (func (result i32) current_memory))
;;|        |                      ^~~~~~~~~~~~~~
;;|   hint: it is called `memory.size` now
;;|   fix: write memory.size here
