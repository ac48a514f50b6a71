// Scripts of assertions: the call of src/web/script.c.
import { inside } from "./wattle.js";

const OUTCOMES = ["passed", "failed", "skipped"];

export function runScript(text) {
  const { diagnostics, marks, ...counts } = inside.call("wattle_script", text, [["features", new TextEncoder().encode("all")]], (out, _status, _problems, input) => {
    if (out.length === 0) return { passed: 0, failed: 0, skipped: 0, marks: [] };
    const answer = JSON.parse(inside.decoder.decode(out));
    const utf8 = inside.heap().subarray(input.at, input.at + input.size);
    const units = inside.unitOffsets(answer.marks.flatMap(([start, end]) => [start, end]), text, utf8);
    const marks = answer.marks.map(([start, end, command, outcome, message]) => ({
      start: units.get(start), end: units.get(end), command, outcome: OUTCOMES[outcome], message,
    }));
    return { ...answer, marks };
  });
  // What is wrong with the script itself, if that is not told with a command.
  for (const { message, range, severity } of diagnostics)
    if (severity === "error" && !marks.some((mark) => mark.message === message))
      marks.push({ start: range?.start ?? 0, end: range?.end ?? text.length, command: "", outcome: "failed", message });
  return { marks, passed: counts.passed, failed: marks.filter((mark) => mark.outcome === "failed").length, skipped: counts.skipped };
}
