// node --import wattle-loader/node app.js: import { add } from "./add.wat"
import { register } from "node:module";

register("./hooks.js", import.meta.url);
