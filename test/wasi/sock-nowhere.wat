;; What is no address is refused before the program starts.
(module (func (export "_start")))
