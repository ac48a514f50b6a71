;; The import by which a callback is called says with what: its type has the function itself first.
;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "import \"env\" \"call\" = callback;")
  (import "env" "call" (func (param i32 f64) (result f64))))
;; STDERR
;;| %s:wattle.bind:1:31: error[W0511]: binding: found ;, expected `(`
