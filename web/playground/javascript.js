// The JavaScript cell: code that gets the module and gives it its imports.
import { Engine, Stopped } from "./client.js";
import { h, timeText } from "./dom.js";
import { consoleView } from "./run.js";

export const FIRST = `// instantiate(imports) makes an instance of the module in this browser.
const { exports, memory } = await instantiate();
print(Object.keys(exports));
`;

/** @param {import("./main.js").Page} page */
export function javascriptPane(page) {
  const output = consoleView("What the JavaScript prints");
  const engine = new Engine((event) => output.event(event));
  const code = h("textarea.code", {
    value: page.state.js ?? FIRST, spellcheck: "false", autocapitalize: "off", "aria-label": "JavaScript",
    oninput: () => {
      page.state.js = code.value;
      page.save();
    },
    onkeydown: (/** @type {KeyboardEvent} */ e) => {
      if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
        e.preventDefault();
        run();
      }
    },
  });
  const stop = h("button.stop", { text: "Stop", hidden: true, onclick: () => engine.stop() });
  const element = h("div.pane-js", {},
    h("div.pane-bar", {},
      h("button.run", { text: "Run", title: "Ctrl-Enter", onclick: () => run() }), stop,
      h("span.dim.small", { text: "instantiate(imports), bytes, print(…); it runs in a worker" })),
    code, output.element);

  async function run() {
    output.clear();
    if (page.bytes === null) return output.write("The text has errors: there is no module.\n", "stderr");
    if (engine.busy) await engine.stop();
    stop.hidden = false;
    try {
      const r = await engine.call("cell", page.bytes, code.value);
      if (r.value !== null) output.write(`${r.value}\n`, r.ok ? "value" : "stderr");
      output.write(`${timeText(r.ms)}\n`, "note");
    } catch (error) {
      output.write(error instanceof Stopped ? "stopped\n" : `${error}\n`, "stderr");
    } finally {
      stop.hidden = true;
    }
  }

  return {
    id: "javascript",
    title: "JavaScript",
    element,
    visible: false,
    run,
    load() {
      code.value = page.state.js ?? FIRST;
      output.clear();
    },
  };
}
