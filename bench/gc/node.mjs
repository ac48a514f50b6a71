// The same workload in V8: node --trace-gc node.mjs MODULE. The pauses are in the trace.
import { readFileSync } from "node:fs";

const { exports } = new WebAssembly.Instance(
  new WebAssembly.Module(readFileSync(process.argv[2])));
const seconds = (work) => {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
};
console.log("setup_s", seconds(() => { while (exports.setup()); }));
console.log("steps_s", seconds(() => {
  for (let i = exports.steps.value; i > 0; i--) exports.step();
}));
console.log("result", exports.result());
