;; RUN: wattle pack --target web,everything -o %t %s
;; EXIT: 2
(module)
;; STDERR
;;| wattle pack: --target everything: expected all, web, node, bundler, deno, inline or esm
