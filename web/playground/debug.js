// The debugger: a run in the interpreter that can be held anywhere, and taken back.
import { Engine, Stopped } from "./client.js";
import { count, fill, h, hex, later, say } from "./dom.js";
import { breakpoints, reveal, showLayer } from "./editor.js";
import { HexView } from "./hex.js";
import { consoleView, words } from "./run.js";

const ICONS = {
  start: "M3 3v10M13 3 6 8l7 5z", runBack: "M8 3 2 8l6 5zM14 3 8 8l6 5z", stepBack: "M11 3 5 8l6 5z", stepOver: "M5 3l6 5-6 5z",
  stepIn: "M8 2v8M4.5 7 8 10.5 11.5 7M3 14h10", stepOut: "M8 11V3M4.5 6 8 2.5 11.5 6M3 14h10", run: "M2 3l6 5-6 5zM8 3l6 5-6 5z",
};
/** @param {keyof typeof ICONS} name */
function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", "path"));
  path.setAttribute("d", ICONS[name]);
  return svg;
}

/** @typedef {import("./engine.d.ts").DebugState} DebugState */
/** @typedef {import("./engine.d.ts").DebugValue} DebugValue */

const LOOK = 120; // milliseconds between two looks at whether to stop

/** @param {import("./main.js").Page} page */
export function debugPane(page) {
  const { session } = page;
  const engine = new Engine();
  /** @type {(DebugState & { ms: number }) | null} */
  let state = null;
  let revision = -1; // of the text that runs
  let furthest = 0;
  let frameShown = 0;
  let memoryShown = 0;
  let output = 0;
  /** @type {{ name: string, parameters: string[] }[]} */
  let choices = [];

  // ---- what to run ----
  const choice = h("select", { "aria-label": "Function to debug", onchange: () => showArguments() });
  const values = h("span.values");
  const startButton = h("button.run", { text: "Start", onclick: () => start() });
  const stopButton = h("button.stop", { text: "Stop", hidden: true, onclick: () => end() });
  const pauseButton = h("button.quiet.pause", { text: "Pause", hidden: true, onclick: () => (running = false) });

  // ---- steps ----
  /** @type {[keyof typeof ICONS, string, string, () => any][]} name, title, keys, action */
  const steps = [
    ["start", "To the start", "", () => step("goTo", 0)],
    ["runBack", "Run back to a breakpoint or the start", "Shift-F6", () => step("runBack")],
    ["stepBack", "One step back", "Shift-F10", () => step("stepBack")],
    ["stepOver", "Step over: one instruction, calls as a whole", "F10", () => step("stepOver")],
    ["stepIn", "Step in: one instruction, into calls", "F11", () => step("stepIn")],
    ["stepOut", "Step out: to the caller", "Shift-F11", () => step("stepOut")],
    ["run", "Continue to a breakpoint or the end", "F6", () => go()],
  ];
  const buttons = steps.map(([id, title, keys, action]) =>
    h("button.step", { "data-step": id, "aria-label": title, title: keys ? `${title} (${keys})` : title, disabled: true, onclick: action }, icon(id)));
  const slider = h("input.timeline", { type: "range", min: 0, max: 0, value: 0, disabled: true, "aria-label": "Time, in instructions",
    oninput: later(() => step("goTo", Number(slider.value)), 20) });
  const status = h("span.debug-status", { role: "status" });

  const stack = h("ol.frames", { "aria-label": "Calls" });
  const operands = h("ul.values-list", { "aria-label": "Operands" });
  const locals = h("table.values-table", { "aria-label": "Locals" });
  const globals = h("table.values-table", { "aria-label": "Globals" });
  const tables = h("div.tables");
  const written = consoleView("What the program wrote");
  const memories = h("select", { "aria-label": "Memory", onchange: () => { memoryShown = Number(memories.value); showMemory(); } });
  const address = h("input", { type: "text", size: 10, placeholder: "address", "aria-label": "Go to an address", spellcheck: "false",
    onchange: () => {
      const at = Number(address.value);
      if (Number.isInteger(at) && at >= 0 && at < bytesView.source.length) bytesView.pick(at);
    } });
  const pages = h("span.dim.small");
  /** @type {{ start: number, end: number }[]} */
  let changed = [];
  const bytesView = new HexView({ label: "Memory", classOf: (at) => (changed.some((c) => at >= c.start && at < c.end) ? "changed" : "") });

  const card = (/** @type {string} */ title, /** @type {Node[]} */ ...inside) => h("section.debug-card", { "aria-label": title }, h("h3", { text: title }), ...inside);
  const cards = {
    stack: card("Calls", stack), operands: card("Operands", operands), locals: card("Locals", locals),
    globals: card("Globals", globals), tables: card("Tables", tables), output: card("Output", written.element),
  };
  const memoryCard = h("section.debug-card.memory", { "aria-label": "Linear memory" },
    h("h3", {}, "Memory ", memories, address, pages), bytesView.element);
  const body = h("div.debug-body", { hidden: true }, h("div.debug-cards", {}, cards.operands, cards.locals, cards.stack, cards.globals, cards.tables, cards.output), memoryCard);
  const help = h("div.empty", {},
    h("p", { text: "Runs a function in the interpreter, one instruction at a time: forwards and backwards." }),
    h("p", { text: "A click beside a line number, or F9, sets a breakpoint." }));
  const element = h("div.pane-debug", {},
    h("div.pane-bar", {}, choice, values, startButton, pauseButton, stopButton),
    h("div.pane-bar.steps", { role: "toolbar", "aria-label": "Steps" }, ...buttons, slider),
    h("div.debug-line", {}, status), help, body);

  // ---- starting ----
  function showArguments() {
    const f = choices[Number(choice.value)];
    fill(values, ...(f?.parameters ?? []).map((t, i) =>
      h("input.value", { type: "text", size: 7, "aria-label": `parameter ${i + 1}, ${t}`, title: t, spellcheck: "false",
        value: page.state.values?.[f.name]?.[i] ?? page.example?.values?.[f.name]?.[i] ?? (/^[if]/.test(t) ? "1" : "null") })));
  }

  /** Offsets in the binary of the first instruction of each line that has a breakpoint. */
  async function offsets() {
    const found = [];
    for (const at of breakpoints(page.view.state)) {
      const line = page.view.state.doc.lineAt(at);
      const here = (await session.ask("stacks", line.from, line.to).catch(() => null)) ?? [];
      let least = -1;
      for (const s of here) {
        if (s.start < line.from || s.start > line.to) continue;
        const place = await session.ask("instructionAt", s.start).catch(() => null);
        if (place !== null && (least < 0 || place.bytes.start < least)) least = place.bytes.start;
      }
      if (least >= 0) found.push(least);
    }
    return found;
  }

  async function start() {
    await session.settled();
    if (page.bytes === null) return tell("The text has errors: there is nothing to run.", true);
    const f = choices[Number(choice.value)];
    if (engine.busy) await engine.stop();
    const inputs = [...values.querySelectorAll("input")].map((i) => i.value.trim());
    const options = f.name === "_start"
      ? { args: words(page.state.args ?? ""), stdin: page.state.stdin ?? "", program: "module" }
      : { invoke: f.name, values: inputs };
    revision = session.revision;
    furthest = 0;
    output = 0;
    frameShown = 0;
    written.clear();
    await guarded(async () => show(await engine.call("debugOpen", page.bytes, options, await offsets())));
  }

  async function end() {
    running = false;
    await engine.stop();
    state = null;
    showLayer(page.view, "debug", []);
    draw();
  }

  /** @param {() => Promise<any>} work */
  async function guarded(work) {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Stopped)) tell(error instanceof Error ? error.message : String(error), true);
    }
  }

  let stepping = false;
  /** @param {string} how @param {...any} args */
  async function step(how, ...args) {
    if (state === null || stepping) return;
    stepping = true;
    await guarded(async () => show(await engine.call("debugStep", how, ...args)));
    stepping = false;
  }

  let running = false;
  async function go() {
    if (state === null || stepping) return;
    stepping = running = true;
    const focused = document.activeElement;
    const slow = setTimeout(() => (pauseButton.hidden = false), 150);
    await guarded(async () => {
      for (let steps = 200_000; running; ) {
        const before = state?.step ?? 0;
        const next = await engine.call("debugStep", "run", steps);
        const more = next.outcome === "paused" && next.step - before >= steps;
        if (!more) running = false;
        await show(next, running);
        steps = Math.min(Math.max(1000, Math.round((steps * LOOK) / Math.max(next.ms, 1))), 4 * steps, 20_000_000);
      }
    });
    clearTimeout(slow);
    pauseButton.hidden = true;
    stepping = running = false;
    if (focused instanceof HTMLElement && document.activeElement === document.body) focused.focus();
  }

  /** @param {string} text */
  function tell(text, bad = false) {
    fill(status, h(bad ? "span.bad" : "span", { text }));
    say(text);
  }

  // ---- showing ----
  const valueRow = (/** @type {DebugValue} */ v, /** @type {number} */ i, /** @type {DebugValue[]} */ old) =>
    h(old[i] !== undefined && old[i].value !== v.value ? "tr.changed" : "tr", {},
      h("th", { scope: "row", text: v.name === null ? String(i) : /^\$/.test(v.name) ? v.name : `$${v.name}` }), h("td.dim", { text: v.type }), h("td.number", { text: v.value }));

  /** @param {DebugState & { ms: number }} next @param {boolean} [moving] it goes on */
  async function show(next, moving = false) {
    const before = state;
    state = next;
    furthest = Math.max(furthest, next.step);
    frameShown = 0;
    draw(before, moving);
    const mark = await place();
    const innermost = next.frames[0];
    const name = innermost ? (innermost.name ? `$${innermost.name.replace(/^\$/, "")}` : `function ${innermost.function}`) : "";
    const at = mark ? page.view.state.sliceDoc(mark.start, mark.end).split("\n")[0].slice(0, 40) : "";
    const trap = next.trap ? `trap: ${next.trap.message}` : null;
    const text = {
      paused: `step ${count(next.step)}, in ${name || "the start"}${at ? `, before ${at}` : ""}`,
      exit: `step ${count(next.step)}: ended${next.values.length ? `, result ${next.values.join("  ")}` : next.exitCode !== null ? `, exit code ${next.exitCode}` : ""}`,
      trap: `step ${count(next.step)}: ${trap ?? "trap"}`,
      exception: `step ${count(next.step)}: an exception that nobody catches`,
      error: next.message ?? "it could not start",
    }[next.outcome];
    if (moving) fill(status, h("span.dim", { text: `running, step ${count(next.step)}` }));
    else {
      tell(text, next.outcome === "trap" || next.outcome === "exception" || next.outcome === "error");
      page.steps++;
    }
  }

  /** Marks the next instruction of the frame that is shown in the text. */
  async function place() {
    const frame = state?.frames[frameShown];
    if (frame === undefined || revision !== session.revision) {
      showLayer(page.view, "debug", []);
      return null;
    }
    const info = await session.ask("byteAt", frame.offset).catch(() => null);
    const span = info?.source ?? null;
    showLayer(page.view, "debug", span === null ? [] : [
      { from: span.start, to: span.end, line: true, class: "debug-line-mark" },
      { from: span.start, to: span.end, class: state?.outcome === "trap" ? "debug-at trap" : "debug-at" },
    ]);
    if (span !== null) {
      const line = page.view.lineBlockAt(Math.min(span.start, page.view.state.doc.length));
      const box = page.view.scrollDOM;
      if (line.top < box.scrollTop + 20 || line.bottom > box.scrollTop + box.clientHeight - 20) reveal(page.view, { start: span.start, end: span.start }, false);
    }
    return span;
  }

  /** @param {DebugState | null} [before] @param {boolean} [moving] */
  function draw(before = null, moving = false) {
    const on = state !== null;
    help.hidden = on;
    body.hidden = !on;
    stopButton.hidden = !on;
    startButton.textContent = on ? "Restart" : "Start";
    slider.disabled = !on;
    for (const b of buttons) b.disabled = !on;
    if (state === null) {
      fill(status);
      slider.max = slider.value = "0";
      return;
    }
    const over = state.outcome !== "paused";
    for (const b of buttons) {
      const back = /Back|start/.test(b.dataset.step);
      b.disabled = back ? state.step === 0 : over;
    }
    slider.max = String(furthest);
    slider.value = String(state.step);
    const same = before !== null && before.frames.length === state.frames.length && before.frames[0]?.function === state.frames[0]?.function;
    fill(stack, ...state.frames.map((f, i) =>
      h("li", {}, h("button.link", { "aria-current": i === frameShown ? "true" : null, text: f.name ? `$${f.name.replace(/^\$/, "")}` : `func ${f.function}`,
        onclick: () => {
          frameShown = i;
          drawFrame();
          for (const [j, b] of [...stack.querySelectorAll("button")].entries()) j === i ? b.setAttribute("aria-current", "true") : b.removeAttribute("aria-current");
          place();
        } }), h("span.dim", { text: ` 0x${hex(f.offset, 4)}` }))));
    drawFrame(same ? before?.frames[0] : undefined);
    cards.globals.hidden = state.globals.length === 0;
    fill(globals, h("tbody", {}, ...state.globals.map((g, i) => valueRow(g, i, before?.globals ?? []))));
    cards.tables.hidden = state.tables.length === 0;
    fill(tables, ...state.tables.map((t, i) => h("details", { open: t.size <= 8 }, h("summary", { text: `${t.name ? `$${t.name.replace(/^\$/, "")}` : `table ${i}`}, ${count(t.size)} entries` }),
      h("ol.entries", { start: 0 }, ...t.entries.map((e) => h("li", { text: e }))))));
    const bytes = state.stdout.length + state.stderr.length;
    cards.output.hidden = bytes === 0;
    if (bytes !== output) {
      output = bytes;
      written.clear();
      written.write(new TextDecoder().decode(state.stdout), "stdout");
      written.write(new TextDecoder().decode(state.stderr), "stderr");
    }
    memoryCard.hidden = state.memories.length === 0;
    if (memoryShown >= state.memories.length) memoryShown = 0;
    fill(memories, ...state.memories.map((m, i) => h("option", { value: i, text: m.name ? `$${m.name.replace(/^\$/, "")}` : String(i) })));
    memories.value = String(memoryShown);
    memories.hidden = state.memories.length < 2;
    showMemory(!moving);
  }

  /** @param {DebugState["frames"][0]} [before] */
  function drawFrame(before) {
    const frame = state?.frames[frameShown];
    cards.operands.hidden = cards.locals.hidden = frame === undefined;
    if (frame === undefined) return;
    fill(operands, ...(frame.stack.length ? [...frame.stack].reverse().map((v) => h("li", {}, h("span.dim", { text: v.type }), " ", h("b", { text: v.value }))) : [h("li.dim", { text: "none" })]));
    fill(locals, h("tbody", {}, ...(frame.locals.length ? frame.locals.map((v, i) => valueRow(v, i, before?.locals ?? [])) : [h("tr", {}, h("td.dim", { text: "none" }))])));
  }

  function showMemory(move = true) {
    const m = state?.memories[memoryShown];
    if (!state || !m) return;
    changed = state.changed.filter((c) => c.memory === memoryShown);
    pages.textContent = `${count(m.pages)} page${m.pages === 1 ? "" : "s"}`;
    const at = state.step;
    /** @type {Map<string, Uint8Array>} */
    const kept = new Map();
    bytesView.setSource({
      length: m.bytes,
      read(start, length) {
        const key = `${start}+${length}`;
        const known = kept.get(key);
        if (known !== undefined) return known;
        return engine.call("debugMemory", memoryShown, start, length).then((b) => {
          if (state?.step === at) kept.set(key, b);
          return b;
        }, () => new Uint8Array(0));
      },
    });
    if (move && changed.length) bytesView.show(changed[0].start, true);
  }

  // ---- the page ----
  const sendBreakpoints = later(async () => {
    if (state !== null && revision === session.revision) engine.call("debugBreakpoints", await offsets()).catch(() => {});
  }, 50);
  let dots = "";
  const keys = /** @type {Record<string, () => any>} */ ({ F6: () => go(), "Shift-F6": () => step("runBack"), F10: () => step("stepOver"), "Shift-F10": () => step("stepBack"), F11: () => step("stepIn"), "Shift-F11": () => step("stepOut") });
  document.addEventListener("keydown", (e) => {
    const action = keys[`${e.shiftKey ? "Shift-" : ""}${e.key}`];
    if (action === undefined || e.ctrlKey || e.altKey || e.metaKey) return;
    if (state === null && !pane.visible) return;
    e.preventDefault();
    if (state === null) start();
    else action();
  });

  const pane = {
    id: "debug",
    title: "Debug",
    element,
    visible: false,
    show() {
      bytesView.measure();
      place();
    },
    hide() {},
    cursor() {
      const now = breakpoints(page.view.state).join();
      if (now === dots) return;
      dots = now;
      sendBreakpoints();
    },
    module() {
      const before = choices[Number(choice.value)]?.name;
      const exports = page.module?.exports.filter((/** @type {any} */ e) => e.type.kind === "function") ?? [];
      choices = exports.map((/** @type {any} */ e) => ({ name: e.name, parameters: e.type.parameters }));
      fill(choice, ...choices.map((c, i) => h("option", { value: i, text: c.name })));
      const again = choices.findIndex((c) => c.name === before);
      if (again >= 0) choice.value = String(again);
      else showArguments();
      if (again >= 0 && values.childElementCount !== choices[again].parameters.length) showArguments();
      startButton.disabled = choices.length === 0;
      if (state !== null && revision !== session.revision) {
        end();
        tell("The text changed: start again.");
      }
    },
    load() {
      choices = [];
      if (state !== null) end();
    },
  };
  return pane;
}
