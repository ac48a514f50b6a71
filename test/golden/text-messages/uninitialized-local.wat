;; RUN: wattle validate %s
;; EXIT: 1
(module
  (type $f (func))
  (func (local $r (ref $f))
    (drop (local.get $r))))
