;; RUN: wattle pack --name @me/add --target all,inline,esm -o %t %s && cd %t && ls && cat package.json README.md *.inline.js files.d.ts
(module (func (export "add") (param $a i32) (param $b i32) (result i32) (i32.add (local.get 0) (local.get 1))))
;; STDOUT
;;| README.md
;;| files.d.ts
;;| files.esm.d.ts
;;| files.esm.js
;;| files.inline.d.ts
;;| files.inline.js
;;| files.js
;;| files.node.js
;;| files.wasm
;;| files.wasm.d.ts
;;| init.d.ts
;;| init.js
;;| init.node.js
;;| package.json
;;| {
;;|   "name": "@me/add",
;;|   "version": "0.1.0",
;;|   "type": "module",
;;|   "types": "./files.d.ts",
;;|   "exports": {
;;|     ".": { "types": "./files.d.ts", "node": "./files.node.js", "default": "./files.js" },
;;|     "./init": { "types": "./init.d.ts", "node": "./init.node.js", "default": "./init.js" },
;;|     "./inline": { "types": "./files.inline.d.ts", "default": "./files.inline.js" },
;;|     "./esm": { "types": "./files.esm.d.ts", "default": "./files.esm.js" },
;;|     "./files.wasm": "./files.wasm",
;;|     "./package.json": "./package.json"
;;|   },
;;|   "sideEffects": ["./files.js", "./files.node.js", "./files.inline.js"],
;;|   "files": [
;;|     "files.wasm",
;;|     "init.js",
;;|     "init.d.ts",
;;|     "init.node.js",
;;|     "files.js",
;;|     "files.node.js",
;;|     "files.d.ts",
;;|     "files.inline.js",
;;|     "files.inline.d.ts",
;;|     "files.esm.js",
;;|     "files.esm.d.ts",
;;|     "files.wasm.d.ts"
;;|   ],
;;|   "engines": { "node": ">=20.0" }
;;| }
;;| # @me/add
;;|
;;| A WebAssembly module of 59 bytes as a package, made of files.wat by wattle 0.1.0.
;;|
;;| ```js
;;| import { add } from '@me/add';
;;| ```
;;|
;;| `init` from the subpath `/init` makes further instances, of a URL, a Response, bytes or a
;;| `WebAssembly.Module`; `initSync` makes them at once.
;;|
;;| | name | what | in the module |
;;| |---|---|---|
;;| | `add(a: number, b: number): number` | func | "add" |
;;| // @me/add: made of files.wat by wattle 0.1.0. Pack again instead of editing.
;;| import { initSync } from './init.js';
;;|
;;| const $bytes = Uint8Array.from(atob('AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABagsAEARuYW1lAgkBAAIAAWEBAWI='), (c) => c.charCodeAt(0));
;;| const $api = initSync($bytes);
;;| export const add = $api.add;
;;| // @me/add: made of files.wat by wattle 0.1.0. Pack again instead of editing.
;;| import type { Api } from './init.js';
;;|
;;| export const add: Api['add'];
