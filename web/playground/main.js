// The page: puts the parts together.
import { isScript, scriptPane } from "./assertions.js";
import { bytesPane } from "./bytes.js";
import { canvasPane } from "./canvas.js";
import { by, bytesText, count, fill, h, later, say, timeText, toast } from "./dom.js";
import { debugPane } from "./debug.js";
import { makeEditor, replaceText, reveal, toLint } from "./editor.js";
import { examples } from "./examples/list.js";
import { featuresPane } from "./features.js";
import { download, isBinary, tgz } from "./files.js";
import { javascriptPane } from "./javascript.js";
import { format, languageService } from "./language.js";
import { runPane } from "./run.js";
import { Session } from "./session.js";
import { pack, recall, remember, unpack } from "./share.js";
import { compressed, sizesPane } from "./sizes.js";

/**
 * What the parts know of the page.
 * @typedef {object} Page
 * @property {import("@codemirror/view").EditorView} view
 * @property {Session} session
 * @property {Record<string, any>} state what a link holds
 * @property {any} example
 * @property {Uint8Array | null} bytes
 * @property {any} module what the module is made of; null: it has errors
 * @property {number} steps of the debugger that are shown
 * @property {() => void} save
 * @property {(name: string, bytes: BlobPart) => void} download
 * @property {(id: string) => void} open
 */

const exampleState = (/** @type {any} */ e) => ({ text: e.text, ...e.state, name: e.name });

const EVERYWHERE = 15; // WATTLE_PACK_ALL of wattle.h

async function start() {
  const linked = await unpack(location.hash);
  const state = linked ?? recall() ?? exampleState(examples[0]);
  const session = new Session(state.text);
  /** @type {any} */
  const page = { session, state, bytes: null, module: null, example: null, steps: 0, download };
  page.save = later(() => {
    page.state.text = page.view.state.doc.toString();
    if (page.state.text.length < 2_000_000) remember(page.state);
  }, 300);
  
  session.quiet = isScript(state.text);

  // ---- the text ----
  const { view, showStacks } = makeEditor(by("editor"), state.text, session, {
    extra: [languageService(session)],
    onChange(update) {
      if (update.docChanged) {
        if (update.state.doc.length < 400_000) session.quiet = isScript(update.state.doc.toString());
        performance.mark("edit");
        page.save();
      }
      if (update.selectionSet || update.docChanged) for (const pane of panes) pane.cursor?.();
    },
  });
  page.view = view;
  session.text = () => view.state.doc.toString();
  session.onFailure = (error) => (by("verdict").textContent = `The engine failed: ${error.message}`);
  const stacks = by("stacks");
  stacks.onchange = () => {
    showStacks(stacks.checked);
    keep("stacks", stacks.checked ? "1" : "0");
  };
  by("format").onclick = () => format(view, session);

  // ---- the tools ----
  /** @type {any[]} */
  const panes = [runPane(page), bytesPane(page), debugPane(page), sizesPane(page), featuresPane(page), javascriptPane(page), canvasPane(page), scriptPane(page)];
  const open = tabs(panes);
  page.open = open;

  // ---- results ----
  const problems = by("problems");
  const verdict = by("verdict");
  const listen = later((/** @type {string} */ text) => say(text), 700);
  const measure = later(async () => {
    const now = page.bytes;
    if (now === null) return;
    const small = await compressed(now, "gzip");
    if (now === page.bytes) by("gzip")?.replaceChildren(`, ${bytesText(small)} gzip`);
  }, 400);
  const describe = later(async () => {
    const revision = session.revision;
    const found = page.bytes === null ? null : await session.engine.call("describe").catch(() => null);
    if (revision !== session.revision) return;
    page.module = found;
    for (const pane of panes) pane.module?.();
  }, () => 120 + view.state.doc.length / 4000); // a large text is typed in without waiting for it

  session.onResult((result) => {
    page.bytes = result.bytes;
    document.documentElement.toggleAttribute("data-script", session.quiet);
    const list = session.quiet ? [] : result.diagnostics;
    const errors = list.filter((d) => d.severity === "error").length;
    const lint = toLint(/** @type {any} */ ({ ...result, diagnostics: list }), view.state.doc.length);
    problems.hidden = list.length === 0;
    fill(problems, ...lint.slice(0, 100).map((d) => {
      const line = view.state.doc.lineAt(d.from);
      return h(`li.${d.severity}`, {}, h("button", { onclick: () => reveal(view, { start: d.from, end: d.to }) },
        h("span.where", { text: `${line.number}:${d.from - line.from + 1}` }), h("span", { text: d.message.split("\n")[0] }),
        d.message.includes("\n") ? h("span.dim", { text: d.message.split("\n").slice(1).join("; ") }) : null));
    }));
    verdict.className = `verdict ${session.quiet ? "script" : errors ? "bad" : "good"}`;
    if (session.quiet) fill(verdict, "script");
    else if (errors) fill(verdict, `${errors >= 100 ? "100 or more" : count(errors)} error${errors === 1 ? "" : "s"}`);
    else fill(verdict, "valid", h("span.dim", {}, ` ${bytesText(result.size)}`, h("span", { id: "gzip" }), `, ${timeText(result.ms)}`));
    listen(session.quiet ? "" : errors ? `${errors} error${errors === 1 ? "" : "s"}. Line ${view.state.doc.lineAt(lint[0].from).number}: ${lint[0].message}` : "The text is valid.");
    for (const pane of panes) pane.result?.(result);
    describe();
    measure();
    if (performance.getEntriesByName("edit").length) {
      performance.measure("keystroke", "edit");
      performance.clearMarks("edit");
    }
    document.documentElement.dataset.revision = String(result.revision);
  });
  session.send();

  // ---- examples, links ----
  function load(/** @type {any} */ next, /** @type {any} */ example = null) {
    page.state = next;
    page.example = example;
    replaceText(view, next.text);
    for (const pane of panes) pane.load?.();
    if (example?.pane) open(example.pane, false);
    page.save();
  }
  const select = by("examples");
  fill(select, h("option", { value: "", text: "Examples …" }), ...examples.map((e) => h("option", { value: e.name, text: e.title })));
  select.onchange = () => {
    const found = examples.find((e) => e.name === select.value);
    if (found) load(exampleState(found), found);
  };
  const current = examples.find((e) => e.name === state.name && e.text === state.text);
  if (current) {
    select.value = current.name;
    page.example = current;
  }
  window.addEventListener("hashchange", async () => {
    const next = await unpack(location.hash);
    if (next !== null) load(next);
  });
  if (location.hash.startsWith("#z=") && linked === null) toast("This link cannot be read");
  by("share").onclick = async () => {
    page.state.text = view.state.doc.toString();
    history.replaceState(null, "", `#${await pack(page.state)}`);
    try {
      await navigator.clipboard.writeText(location.href);
      toast("The link is copied");
      say("The link is copied");
    } catch {
      toast("The link is in the address bar");
    }
  };

  // ---- files ----
  const base = () => (page.module?.name ?? page.state.name ?? "module").replace(/[^\w.-]/g, "-").toLowerCase() || "module";
  async function take(/** @type {File} */ file) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const name = file.name.replace(/\.\w+$/, "");
    if (!isBinary(bytes)) return load({ text: new TextDecoder().decode(bytes), name });
    const result = await session.engine.call("print", bytes);
    if (result.text === null) return toast(`${file.name}: ${result.diagnostics[0]?.message ?? "cannot be read"}`);
    load({ text: result.text, name });
    toast(`${file.name}: ${bytesText(bytes.length)} as text`);
  }
  const file = by("file");
  by("open").onclick = () => file.click();
  file.onchange = () => {
    if (file.files[0]) take(file.files[0]);
    file.value = "";
  };
  let inside = 0;
  const isFile = (/** @type {DragEvent} */ e) => e.dataTransfer?.types.includes("Files");
  document.addEventListener("dragenter", (e) => isFile(e) && by("drop").classList.toggle("shown", ++inside > 0));
  document.addEventListener("dragleave", (e) => isFile(e) && by("drop").classList.toggle("shown", --inside > 0));
  document.addEventListener("dragover", (e) => isFile(e) && e.preventDefault());
  document.addEventListener("drop", (e) => {
    inside = 0;
    by("drop").classList.remove("shown");
    if (!isFile(e)) return;
    e.preventDefault();
    e.stopPropagation();
    const first = e.dataTransfer?.files[0];
    if (first) take(first);
  }, true);

  const menu = by("download");
  menu.addEventListener("focusout", (/** @type {FocusEvent} */ e) => !menu.contains(/** @type {Node} */ (e.relatedTarget)) && (menu.open = false));
  menu.addEventListener("keydown", (/** @type {KeyboardEvent} */ e) => {
    if (e.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  const get = (/** @type {string} */ id, /** @type {() => any} */ action) => {
    by(id).onclick = () => {
      menu.open = false;
      action();
    };
  };
  const whole = () => page.bytes ?? (toast("The text has errors: there is no binary"), null);
  get("get-wasm", () => whole() && download(`${base()}.wasm`, page.bytes, "application/wasm"));
  get("get-wat", () => download(`${base()}.wat`, view.state.doc.toString(), "text/plain"));
  get("get-npm", async () => {
    if (!whole()) return;
    const name = base();
    const { files, diagnostics, ok } = await session.engine.call("pack", page.bytes, { packageName: name, file: `${name}.wasm`, targets: EVERYWHERE });
    if (!ok) return toast(diagnostics[0]?.message ?? "it cannot be packed");
    download(`${name}-0.1.0.tgz`, await tgz(files), "application/gzip");
  });

  // ---- looks ----
  by("theme").onclick = () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    theme(dark ? "light" : "dark");
    keep("theme", dark ? "light" : "dark");
  };
  theme(kept("theme"));
  stacks.checked = kept("stacks") !== "0";
  showStacks(stacks.checked);
  by("help").onclick = () => by("keys").showModal();
  splitter();
  open(current?.pane ?? "run", false);
  document.addEventListener("keydown", (e) => {
    if (!e.altKey || e.ctrlKey || e.metaKey || !/^[0-8]$/.test(e.key)) return;
    e.preventDefault();
    if (e.key === "0") {
      open("text");
      view.focus();
    } else if (panes[Number(e.key) - 1]) open(panes[Number(e.key) - 1].id);
  });
  Object.assign(window, { playground: page });
}

const KEEP = "wattle-playground-";
const kept = (/** @type {string} */ name) => {
  try {
    return localStorage.getItem(KEEP + name);
  } catch {
    return null;
  }
};
const keep = (/** @type {string} */ name, /** @type {string} */ value) => {
  try {
    localStorage.setItem(KEEP + name, value);
  } catch {
    // not kept
  }
};
const theme = (/** @type {string | null} */ name) => {
  if (name === "dark" || name === "light") document.documentElement.dataset.theme = name;
};

/** The tabs; on a narrow page the text is one of them. @param {any[]} panes */
function tabs(panes) {
  const list = by("tabs");
  const all = [{ id: "text", title: "Text", element: by("text-side"), visible: true }, ...panes];
  const buttons = new Map(all.map((pane) => [pane.id, h(`button.tab${pane.id === "text" ? ".only-narrow" : ""}`, {
    role: "tab", id: `tab-${pane.id}`, "aria-controls": pane.id === "text" ? "text-side" : `pane-${pane.id}`, text: pane.title,
    onclick: () => open(pane.id),
  })]));
  list.append(...buttons.values());
  for (const pane of panes) {
    pane.element.id = `pane-${pane.id}`;
    pane.element.setAttribute("role", "tabpanel");
    pane.element.setAttribute("aria-labelledby", `tab-${pane.id}`);
    pane.element.hidden = true;
    by("panes").append(pane.element);
  }
  list.onkeydown = (/** @type {KeyboardEvent} */ e) => {
    const seen = all.filter((p) => buttons.get(p.id).offsetParent !== null);
    const now = seen.findIndex((p) => buttons.get(p.id) === document.activeElement);
    const next = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: seen.length - 1 }[e.key];
    if (next === undefined) return;
    e.preventDefault();
    const pane = seen[(next + seen.length) % seen.length];
    open(pane.id);
    buttons.get(pane.id).focus();
  };
  const narrow = matchMedia("(max-width: 760px)");
  /** @param {string} id */
  function open(id, byHand = true) {
    if (id === "text" && !narrow.matches) return;
    // What opens by itself on a narrow page opens behind the text.
    const front = narrow.matches && !byHand ? "text" : id;
    document.documentElement.dataset.narrow = front === "text" ? "text" : "pane";
    for (const pane of all) {
      const chosen = pane.id === front;
      const button = buttons.get(pane.id);
      button.setAttribute("aria-selected", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      if (chosen) button.scrollIntoView({ block: "nearest", inline: "nearest" });
      if (pane.id === "text") continue;
      const shown = id === "text" ? pane.visible : pane.id === id;
      if (pane.visible && !shown) pane.hide?.();
      const was = pane.visible;
      pane.visible = shown;
      pane.element.hidden = !shown;
      if (shown && !was) pane.show?.();
    }
  }
  narrow.onchange = () => open(panes.find((p) => p.visible)?.id ?? panes[0].id);
  return open;
}

function splitter() {
  const bar = by("splitter");
  const main = by("main");
  const set = (/** @type {number} */ percent) => {
    const width = Math.round(Math.max(20, Math.min(80, percent)) * 10) / 10;
    main.style.setProperty("--split", `${width}%`);
    bar.setAttribute("aria-valuenow", String(Math.round(width)));
    keep("split", String(width));
  };
  set(Number(kept("split")) || 50);
  bar.onpointerdown = (/** @type {PointerEvent} */ e) => {
    bar.setPointerCapture(e.pointerId);
    bar.onpointermove = (/** @type {PointerEvent} */ m) => set((100 * m.clientX) / main.clientWidth);
    bar.onpointerup = () => (bar.onpointermove = null);
  };
  bar.onkeydown = (/** @type {KeyboardEvent} */ e) => {
    const move = { ArrowLeft: -2, ArrowRight: 2 }[e.key];
    if (move !== undefined) set(Number(bar.getAttribute("aria-valuenow")) + move);
  };
}

start().catch((error) => {
  by("verdict").textContent = `The page could not start: ${error.message}`;
  throw error;
});
