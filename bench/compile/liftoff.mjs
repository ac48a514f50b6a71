// How fast V8 compiles: node FLAGS bench/compile/liftoff.mjs FILE...
// Prints "NAME SECONDS" for each file: the best of several rounds, each of a module with other bytes
// (a custom section), because V8 keeps what it has compiled.
import { readFileSync } from "node:fs";
import { basename } from "node:path";

const rounds = 5;
for (const path of process.argv.slice(2)) {
  const bytes = readFileSync(path);
  let best = Infinity;
  for (let i = 0; i < rounds; i++) {
    const salt = Buffer.from([0, 4, 1, 97 + i, (Math.random() * 256) | 0, (Math.random() * 256) | 0]);
    const fresh = new Uint8Array(Buffer.concat([bytes, salt]));
    const start = process.cpuUsage();
    new WebAssembly.Module(fresh);
    const used = process.cpuUsage(start);
    best = Math.min(best, (used.user + used.system) / 1e6);
  }
  console.log(`${basename(path)} ${best.toFixed(6)}`);
}
