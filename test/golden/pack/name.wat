;; RUN: wattle pack --name Me/Life -o %t %s
;; EXIT: 2
(module)
;; STDERR
;;| %s:wattle.bind: error[W0605]: name of a package: "Me/Life": npm takes lower case letters, digits and - _ . ~, behind @SCOPE/ if need be
