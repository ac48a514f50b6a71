;; Text in quotes ends in its line, and holds no NUL.
;; RUN: wattle bind --diagnostics=brief %s
;; EXIT: 1
(module
  (@bind "package \"a\00b\";" "package \"open;"))
;; STDERR
;;| %s:wattle.bind:1:9: error[W0511]: binding: found ", expected the name of the package in quotes
;;| %s:wattle.bind:2:9: error[W0511]: binding: found ", expected the name of the package in quotes
