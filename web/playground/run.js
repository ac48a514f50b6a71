// Calls of exports by a form, and programs with WASI, in two engines: ours and the browser's.
import { Engine, Stopped } from "./client.js";
import { bytesText, field, fill, h, say, timeText } from "./dom.js";

const FUEL = 2_000_000_000; // instructions a call may take in the interpreter
const OUTPUT = 200_000; // characters kept

/** A place for what programs write. @param {string} label */
export function consoleView(label) {
  const element = h("pre.console", { tabindex: 0, role: "log", "aria-label": label });
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  let size = 0;
  return {
    element,
    clear() {
      element.replaceChildren();
      size = 0;
    },
    /** @param {string} text @param {string} [name] a class */
    write(text, name = "") {
      if (size > OUTPUT || text === "") return;
      size += text.length;
      const last = element.lastElementChild;
      if (last !== null && last.className === name) last.append(text);
      else element.append(h("span", { class: name || null, text }));
      if (size > OUTPUT) element.append(h("span.note", { text: "\n… the rest is not shown\n" }));
      element.scrollTop = element.scrollHeight;
    },
    /** @param {any} event of a worker */
    event(event) {
      if (event.event === "stdout" || event.event === "stderr")
        this.write(decoders[/** @type {"stdout"} */ (event.event)].decode(event.bytes, { stream: true }), event.event);
      else if (event.text !== undefined) this.write(`${event.text}\n`, event.event);
    },
  };
}

/** Words as a shell takes them: blanks between, quotes around. @param {string} line */
export const words = (line) =>
  [...line.matchAll(/(?:[^\s"']|"(?:\\.|[^"])*"|'[^']*')+/g)].map(([w]) =>
    w.replace(/"((?:\\.|[^"])*)"|'([^']*)'/g, (_all, double, single) => single ?? double.replace(/\\(.)/g, "$1")));

const DEFAULTS = /** @type {Record<string, string>} */ ({ i32: "0", i64: "0", f32: "0", f64: "0", v128: "i32x4 0 0 0 0" });
const same = (/** @type {string} */ a, /** @type {string} */ b) => a === b || (a.startsWith("nan") && b.startsWith("nan")) || a === `${b}n` || b === `${a}n`;
const plain = (/** @type {any} */ v) => (typeof v === "bigint" ? `${v}` : Object.is(v, -0) ? "-0" : String(v));
/** @param {string} v of the browser */
const tidy = (v) => v.replace(/^(-?\d+)n$/, "$1");

/** @param {import("./main.js").Page} page */
export function runPane(page) {
  const output = consoleView("What the program writes");
  const engine = new Engine((event) => output.event(event));
  const calls = h("div.calls");
  const note = h("p.dim.small");
  const args = h("input", { type: "text", value: page.state.args ?? "", placeholder: "one 'two words'", spellcheck: "false", oninput: save });
  const stdin = h("textarea", { rows: 3, value: page.state.stdin ?? "", spellcheck: "false", oninput: save });
  const files = h("ul.files");
  const results = h("ul.files");
  const program = h("section.card.program", { "aria-label": "Program" });
  const stop = h("button.stop", { text: "Stop", hidden: true, onclick: () => engine.stop() });
  const clear = h("button.quiet.small", { text: "Clear", onclick: () => output.clear() });
  const engines = h("select", { "aria-label": "Engine", onchange: save },
    h("option", { value: "both", text: "both engines" }),
    h("option", { value: "wattle", text: "Wattle's interpreter" }),
    h("option", { value: "browser", text: "this browser's engine" }));
  engines.value = page.state.engine ?? "both";
  const element = h("div.pane-run", {},
    h("div.pane-bar", {}, h("span.dim", { text: "Run in" }), engines, stop, h("span.grow"), clear),
    h("div.scroll", {}, program, calls, note),
    output.element);
  /** @type {Map<string, Uint8Array>} given to programs */
  const given = new Map();

  function save() {
    Object.assign(page.state, { args: args.value, stdin: stdin.value, engine: engines.value });
    page.save();
  }

  const isCommand = () => page.module?.exports.some((/** @type {any} */ e) => e.name === "_start" && e.type.kind === "function");

  /** @param {() => Promise<void>} work */
  async function guarded(work) {
    if (engine.busy) await engine.stop();
    stop.hidden = false;
    try {
      await work();
    } catch (error) {
      output.write(error instanceof Stopped ? "stopped\n" : `${error instanceof Error ? error.message : error}\n`, "stderr");
    } finally {
      stop.hidden = true;
    }
  }

  const which = () => (engines.value === "both" ? ["wattle", "browser"] : [engines.value]);
  const foreign = () => page.module?.imports.filter((/** @type {any} */ i) => i.module !== "wasi_snapshot_preview1") ?? [];

  /** One call in one engine. @param {string} where @param {any} options */
  const once = (where, options) =>
    where === "wattle"
      ? engine.call("interpret", page.bytes, { ...options, fuel: FUEL })
      : engine.call("browser", page.bytes, { ...options, types: page.module?.imports.map((/** @type {any} */ i) => i.type) });

  /** @param {any} r */
  const trouble = (r) =>
    r.outcome === "exit" ? null
      : r.outcome === "fuel" ? `stopped after ${FUEL.toLocaleString("en")} instructions`
      : [r.outcome === "trap" ? `trap: ${r.trap?.message ?? r.message}` : r.message ?? r.diagnostics?.[0]?.message ?? r.outcome,
         ...(r.trap?.frames ?? []).slice(0, 6).map((/** @type {any} */ f) => `  in ${f.name ? `$${f.name}` : `func ${f.function}`}`)].join("\n");

  /** @param {any} f an export */
  function form(f) {
    const { parameters, results: types } = f.type;
    const answer = h("div.answer", { "aria-live": "polite" });
    const remembered = page.state.values?.[f.name] ?? [];
    const inputs = parameters.map((/** @type {string} */ t, /** @type {number} */ i) =>
      h("input.value", { type: "text", value: remembered[i] ?? page.example?.values?.[f.name]?.[i] ?? DEFAULTS[t] ?? "null", size: 8, "aria-label": `parameter ${i + 1} of ${f.name}, ${t}`, title: t, spellcheck: "false",
        oninput: () => {
          page.state.values = { ...page.state.values, [f.name]: inputs.map((/** @type {any} */ x) => x.value) };
          page.save();
        } }));
    return h("form.card.call", {
      "data-export": f.name,
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        call(f, inputs.map((/** @type {any} */ x) => x.value.trim()), answer);
      },
    },
      h("div.call-row", {},
        h("code.call-name", { text: f.name }),
        ...inputs.map((/** @type {any} */ input, /** @type {number} */ i) => h("label.typed", {}, h("span", { text: parameters[i] }), input)),
        h("span.arrow", { "aria-hidden": "true", text: "→" }), h("code.dim", { text: types.length ? types.join(" ") : "nothing" }),
        h("span.grow"), h("button.run", { type: "submit", "aria-label": `Run ${f.name}`, text: "Run" })),
      answer);
  }

  /** @param {any} f @param {string[]} values @param {HTMLElement} answer */
  const call = (f, values, answer) =>
    guarded(async () => {
      fill(answer, h("span.dim", { text: "running …" }));
      /** @type {any[]} */
      const done = [];
      try {
        for (const where of which()) done.push({ where, ...(await once(where, { invoke: f.name, values, valueTypes: f.type.parameters, resultTypes: f.type.results })) });
      } catch (error) {
        fill(answer, h("span.bad", { text: error instanceof Stopped ? "stopped" : String(error instanceof Error ? error.message : error) }));
        if (!(error instanceof Stopped)) return;
        throw error;
      }
      const shown = done.map((r) => {
        const values = r.values.map((/** @type {any} */ v) => (r.where === "browser" ? tidy(v) : plain(v)));
        return { ...r, text: trouble(r) ?? (values.length ? values.join("  ") : "done"), bad: r.outcome !== "exit", values };
      });
      const agree = shown.length < 2 || (shown[0].bad === shown[1].bad && (shown[0].bad || shown[0].values.every((/** @type {string} */ v, /** @type {number} */ i) => same(v, shown[1].values[i] ?? ""))));
      const line = (/** @type {any} */ r, /** @type {any[]} */ times) =>
        h("div.result", {}, h(r.bad ? "output.bad" : "output", { text: r.text }), h("span.times", {}, ...times.map((t) => h("span", { text: `${t.where === "wattle" ? "Wattle" : "browser"} ${timeText(t.ms)}` }))));
      fill(answer, ...(agree ? [line(shown[0], shown)] : shown.map((r) => line(r, [r]))));
      say(`${f.name}: ${shown[0].text}`);
    });

  const start = () =>
    guarded(async () => {
      output.clear();
      results.replaceChildren();
      const where = engines.value === "browser" ? "browser" : "wattle";
      const r = await once(where, { args: words(args.value), stdin: stdin.value, files: Object.fromEntries(given), program: "module" });
      const wrong = trouble(r);
      if (wrong !== null) output.write(`${wrong}\n`, "stderr");
      output.write(`${r.exitCode === null || r.exitCode === undefined ? "ended" : `exit code ${r.exitCode}`}, ${timeText(r.ms)} in ${where === "wattle" ? "Wattle's interpreter" : "this browser"}\n`, "note");
      const made = Object.entries(r.files ?? {}).filter(([name, data]) => given.get(name)?.length !== /** @type {any} */ (data).length);
      fill(results, ...made.map(([name, data]) => h("li", {}, h("button.link", { text: name, onclick: () => page.download(name.split("/").at(-1) ?? name, /** @type {any} */ (data)) }), h("span.dim", { text: ` ${bytesText(/** @type {any} */ (data).length)}, written` }))));
    });

  function showFiles() {
    fill(files, ...[...given].map(([name, data]) =>
      h("li", {}, h("code", { text: name }), h("span.dim", { text: ` ${bytesText(data.length)} ` }),
        h("button.link", { text: "remove", "aria-label": `Remove ${name}`, onclick: () => { given.delete(name); showFiles(); } }))));
  }
  const picker = h("input", { type: "file", multiple: true, class: "visually-hidden", "aria-label": "Files for the program", tabindex: -1,
    onchange: async () => {
      for (const f of picker.files) given.set(f.name, new Uint8Array(await f.arrayBuffer()));
      showFiles();
    } });

  let built = ""; // what the forms are made of
  /** @type {Uint8Array | null} */
  let builtOf = null;
  function build() {
    const m = page.module;
    // The same exports keep their forms, and who is in them; only what came out is old.
    const now = m === null ? "" : JSON.stringify([m.exports.filter((/** @type {any} */ e) => e.type.kind === "function"), m.imports.map((/** @type {any} */ i) => [i.module, i.name])]);
    const known = page.bytes === builtOf;
    builtOf = page.bytes;
    if (now !== "" && now === built) {
      if (!known) for (const answer of calls.querySelectorAll(".answer")) fill(answer);
      return;
    }
    built = now;
    program.hidden = true;
    if (m === null) {
      fill(calls, h("p.empty", { text: "Nothing can run while the text has errors." }));
      fill(note);
      return;
    }
    const functions = m.exports.filter((/** @type {any} */ e) => e.type.kind === "function" && e.name !== "_start");
    if (isCommand()) {
      program.hidden = false;
      fill(program,
        h("div.call-row", {}, h("code.call-name", { text: "_start" }), h("span.dim", { text: "a program with WASI" }), h("span.grow"), h("button.run", { text: "Run", "aria-label": "Run the program", onclick: start })),
        field("Arguments", args), field("Standard input", stdin),
        h("div.field", {}, h("span.label", { text: "Files" }), h("div", {}, files, results,
          h("button.quiet.small", { text: "Add files …", onclick: () => picker.click() }), picker)));
    }
    fill(calls, ...functions.map(form), functions.length || isCommand() ? null : h("p.empty", { text: "The module exports no function. Write (export \"name\") behind func." }));
    const names = foreign().map((/** @type {any} */ i) => `${i.module}.${i.name}`);
    fill(note, names.length ? `It imports ${names.slice(0, 6).join(", ")}${names.length > 6 ? ", …" : ""}. This browser's engine gets stand-ins that write down each call; the JavaScript pane can give real ones. Wattle's interpreter has WASI only.` : "Each call begins with a new instance.");
  }

  return {
    id: "run",
    title: "Run",
    element,
    visible: false,
    module: build,
    load() {
      built = "";
      args.value = page.state.args ?? "";
      stdin.value = page.state.stdin ?? "";
      output.clear();
      results.replaceChildren();
      if (engine.busy) engine.stop();
    },
  };
}
