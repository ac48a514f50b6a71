;; A variable has a name.
(module (func (export "_start")))
