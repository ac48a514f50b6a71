;; ES modules that are imported go into the package, with what they import, and nothing from outside.
;; RUN: mkdir %t/sub; echo 'export const one = () => 1;' > %t/env.js
;; RUN: echo '/* import "./no.js" */ import { b } from "./sub/b.js"; export const f = b; // from "./no.js"' > %t/log.js
;; RUN: echo 'const s = "import"; export { one as b } from "../env.js"; import("node:fs");' > %t/sub/b.js
;; RUN: cp %s %t/life.wat; cd %t; wattle pack life.wat -o pkg; cat pkg/sub/b.js; grep -o '"sub/b.js"' pkg/package.json
;; RUN: cd %t; echo 'import "../../out.js";' > sub/b.js; wattle pack life.wat -o no || test $? = 2
;; RUN: cd %t; rm log.js; wattle pack life.wat -o no || test $? = 2
;; RUN: cd %t; echo '(module (import "./init.js" "f" (func)))' > own.wat; wattle pack own.wat -o no || test $? = 2
;; RUN: cd %t; echo '(module (import "../out.js" "f" (func)))' > out.wat; wattle pack out.wat -o no || test $? = 2
(module
  (import "./env.js" "one" (func (result i32)))
  (import "env" "log" (func (@bind "from \"./log.js\" f (x: s32)") (param i32))))
;; STDOUT
;;| const s = "import"; export { one as b } from "../env.js"; import("node:fs");
;;| "sub/b.js"
;; STDERR
;;| wattle pack: env.js: copied into the package, which imports it
;;| wattle pack: log.js: copied into the package, which imports it
;;| wattle pack: sub/b.js: copied into the package, which imports it
;;| wattle pack: env.js: copied into the package, which imports it
;;| wattle pack: log.js: copied into the package, which imports it
;;| wattle pack: sub/b.js: copied into the package, which imports it
;;| life.wat:wattle.bind: error[W0606]: file to be packed: "../../out.js": it is outside of the folder of the module, and is not packed
;;| wattle pack: env.js: copied into the package, which imports it
;;| life.wat:wattle.bind: error[W0606]: file to be packed: "log.js": no such file or directory
;;| own.wat:wattle.bind: error[W0606]: file to be packed: "./init.js": the package has a file of its own by this name
;;| out.wat:wattle.bind: error[W0606]: file to be packed: "../out.js": it is outside of the folder of the module, and is not packed
