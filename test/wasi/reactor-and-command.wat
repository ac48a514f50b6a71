;; A module is one or the other.
(module
  (func (export "_initialize"))
  (func (export "_start")))
