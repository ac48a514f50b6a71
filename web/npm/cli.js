#!/usr/bin/env node
// The command `wattle`: the same C as the native one, compiled to cli.wasm.
import { readFileSync } from "node:fs";

import { runCommand } from "./wasi.js";

const module = new WebAssembly.Module(readFileSync(new URL("./cli.wasm", import.meta.url)));
const folder = process.cwd().replaceAll("\\", "/");
const env = { ...process.env, WATTLE_FOLDER: folder.startsWith("/") ? folder : `/${folder}` };
process.exitCode = runCommand(module, ["wattle", ...process.argv.slice(2)], env);
