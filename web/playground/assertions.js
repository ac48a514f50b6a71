// Scripts of assertions (.wast): run after each pause of typing, a mark at each command.
import { Engine, Stopped } from "./client.js";
import { count, fill, h, later, say, timeText } from "./dom.js";
import { reveal, showLayer } from "./editor.js";

/** Is it a script rather than a module? @param {string} text */
export const isScript = (text) =>
  /(^|\n)\s*\(\s*(assert_\w+|invoke|register|get\s+"|thread|wait|module\s+(?:\$\S+\s+)?(?:binary|quote|definition|instance))/.test(text);

/** @param {import("./main.js").Page} page */
export function scriptPane(page) {
  const engine = new Engine();
  const summary = h("p.summary", { role: "status" });
  const list = h("ol.marks");
  const element = h("div.pane-script.pad", {},
    h("div.pane-bar", {}, h("button.run", { text: "Run the script", onclick: () => run() }), summary), list);
  let timer = 0;

  async function run() {
    const text = page.view.state.doc.toString();
    const revision = page.session.revision;
    if (engine.busy) await engine.stop();
    clearTimeout(timer);
    timer = window.setTimeout(() => engine.busy && engine.stop(), 20000);
    try {
      const r = await engine.call("script", text);
      if (revision !== page.session.revision) return;
      fill(summary,
        h("b.good", { text: `${count(r.passed)} passed` }), ", ", h(r.failed ? "b.bad" : "span", { text: `${count(r.failed)} failed` }), `${r.skipped ? `, ${count(r.skipped)} skipped` : ""}`,
        h("span.dim", { text: ` in ${timeText(r.ms)}` }));
      say(`${r.passed} passed, ${r.failed} failed`);
      const doc = page.view.state.doc;
      showLayer(page.view, "script", r.marks.flatMap((/** @type {any} */ m) => [{ from: m.start, to: m.end, line: true, class: `mark-${m.outcome}` }]));
      fill(list, ...r.marks.slice(0, 2000).map((/** @type {any} */ m) =>
        h(`li.${m.outcome}`, {}, h("button.link", { onclick: () => reveal(page.view, m) },
          h("span.tick", { "aria-hidden": "true", text: { passed: "✓", failed: "✗", skipped: "–" }[/** @type {"passed"} */ (m.outcome)] }),
          h("span.visually-hidden", { text: `${m.outcome}: ` }),
          `line ${doc.lineAt(Math.min(m.start, doc.length)).number} `, h("code", { text: m.command })),
          m.message ? h("div.dim.small", { text: m.message }) : null)));
    } catch (error) {
      fill(summary, h("span.bad", { text: error instanceof Stopped ? "stopped: it took too long" : String(error instanceof Error ? error.message : error) }));
    }
  }
  const soon = later(run, 300);

  return {
    id: "script",
    title: "Script",
    element,
    visible: false,
    run,
    result() {
      if (page.session.quiet) soon();
      else {
        fill(list);
        fill(summary, h("span.dim", { text: "The text is a module. A script has modules and assertions about them: (assert_return (invoke \"f\") (i32.const 1))." }));
        showLayer(page.view, "script", []);
      }
    },
  };
}
