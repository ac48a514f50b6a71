// The editor: CodeMirror, with what it shows taken from the engine in the worker.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab, toggleComment } from "@codemirror/commands";
import { bracketMatching, codeFolding, foldGutter, foldKeymap, foldService, indentOnInput, indentService, indentUnit } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState, RangeSet, StateEffect, StateField } from "@codemirror/state";
import {
  crosshairCursor, Decoration, drawSelection, dropCursor, EditorView, gutter, GutterMarker, highlightActiveLine,
  highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers, rectangularSelection, ViewPlugin, WidgetType,
} from "@codemirror/view";

import { TOKEN_KINDS } from "./engine.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./session.js").Compiled} Compiled */

// ---- layers: marks of others (a byte's place, the next instruction), which move with the text ----

/** @type {import("@codemirror/state").StateEffectType<{ name: string, set: import("@codemirror/view").DecorationSet }>} */
export const setLayer = StateEffect.define();
const layers = StateField.define({
  create: () => /** @type {Record<string, import("@codemirror/view").DecorationSet>} */ ({}),
  update(value, tr) {
    if (tr.docChanged) value = Object.fromEntries(Object.entries(value).map(([k, set]) => [k, set.map(tr.changes)]));
    for (const effect of tr.effects) if (effect.is(setLayer)) value = { ...value, [effect.value.name]: effect.value.set };
    return value;
  },
  provide: (field) => EditorView.decorations.computeN([field], (state) => Object.values(state.field(field))),
});

/**
 * @param {EditorView} view @param {string} name
 * @param {{ from: number, to: number, class: string, line?: boolean, title?: string }[]} marks
 */
export function showLayer(view, name, marks) {
  const length = view.state.doc.length;
  const ranges = marks
    .filter((m) => m.from <= length && (m.line || m.from < Math.min(m.to, length)))
    .map((m) =>
      m.line
        ? Decoration.line({ class: m.class }).range(view.state.doc.lineAt(m.from).from)
        : Decoration.mark({ class: m.class, attributes: m.title ? { title: m.title } : undefined }).range(m.from, Math.min(m.to, length)));
  view.dispatch({ effects: setLayer.of({ name, set: Decoration.set(ranges, true) }) });
}

// ---- what is asked for the part in view ----

const refresh = StateEffect.define();

/**
 * A plugin whose decorations are made of an answer of the worker about the visible part.
 * @param {Session} session @param {string} method
 * @param {(answer: any, view: EditorView) => import("@codemirror/view").DecorationSet} build
 */
const visible = (session, method, build) =>
  ViewPlugin.define(
    (view) => {
      let asking = false;
      let again = false;
      const plugin = {
        decorations: Decoration.none,
        async ask() {
          if (asking) {
            again = true;
            return;
          }
          asking = true;
          do {
            again = false;
            const { from, to } = view.viewport;
            const answer = await session.ask(method, from, to).catch(() => null);
            if (answer !== null && view.viewport.to <= view.state.doc.length) {
              plugin.decorations = build(answer, view);
              view.dispatch({ effects: refresh.of(null) });
            }
          } while (again);
          asking = false;
        },
        update(/** @type {import("@codemirror/view").ViewUpdate} */ update) {
          if (update.docChanged) plugin.decorations = plugin.decorations.map(update.changes);
          if (update.docChanged || update.viewportChanged) plugin.ask();
        },
      };
      setTimeout(() => plugin.ask());
      return plugin;
    },
    { decorations: (plugin) => plugin.decorations },
  );

const COLOURS = TOKEN_KINDS.map((kind) => Decoration.mark({ class: `t-${kind}` }));
const colours = (/** @type {Session} */ session) =>
  visible(session, "tokens", (/** @type {Uint32Array} */ tokens, view) => {
    const ranges = [];
    const length = view.state.doc.length;
    for (let i = 0; i < tokens.length; i += 3)
      if (tokens[i + 1] && tokens[i] + tokens[i + 1] <= length) ranges.push(COLOURS[tokens[i + 2]].range(tokens[i], tokens[i] + tokens[i + 1]));
    return Decoration.set(ranges, true);
  });

class StackWidget extends WidgetType {
  /** @param {string} text @param {boolean} dead */
  constructor(text, dead) {
    super();
    this.text = text;
    this.dead = dead;
  }
  /** @param {StackWidget} other */
  eq(other) {
    return other.text === this.text && other.dead === this.dead;
  }
  toDOM() {
    const span = document.createElement("span");
    span.className = this.dead ? "stack-hint dead" : "stack-hint";
    span.textContent = this.text;
    span.setAttribute("aria-hidden", "true");
    return span;
  }
}

/** The operands behind the last instruction of each line that runs there. */
const stackHints = (/** @type {Session} */ session) =>
  visible(session, "stacks", (/** @type {import("./engine.d.ts").StackHere[]} */ list, view) => {
    /** @type {Map<number, import("./engine.d.ts").StackHere>} */
    const last = new Map();
    for (const here of list) {
      if (here.end > view.state.doc.length) continue;
      last.set(view.state.doc.lineAt(here.start).to, here);
    }
    return Decoration.set(
      [...last].map(([at, here]) =>
        Decoration.widget({ widget: new StackWidget(here.unreachable ? "never reached" : here.stack.length ? here.stack.join(" ") : "∅", here.unreachable), side: 1 }).range(at)),
      true,
    );
  });

// ---- folding, by spans that the worker found ----

/** @param {Session} session */
function folding(session) {
  /** @type {{ start: number, end: number }[]} */
  let spans = [];
  /** @type {import("@codemirror/state").ChangeDesc | null} */
  let since = null;
  let wanted = 0;
  const fetcher = ViewPlugin.define((view) => {
    session.onResult(() => {
      clearTimeout(wanted);
      wanted = window.setTimeout(async () => {
        const answer = await session.ask("folds").catch(() => null);
        if (answer === null) return;
        spans = answer.sort((/** @type {any} */ a, /** @type {any} */ b) => a.start - b.start || b.end - a.end);
        since = null;
        view.dispatch({ effects: refresh.of(null) });
      }, 150 + view.state.doc.length / 4000);
    });
    return {
      update(update) {
        if (update.docChanged) since = since === null ? update.changes.desc : since.composeDesc(update.changes.desc);
      },
    };
  });
  const service = foldService.of((state, from, to) => {
    const back = since?.invertedDesc;
    if (back && (back.length !== state.doc.length)) return null;
    const [first, last] = back ? [back.mapPos(from), back.mapPos(to)] : [from, to];
    let low = 0;
    for (let high = spans.length; low < high; ) {
      const middle = (low + high) >> 1;
      if (spans[middle].start < first) low = middle + 1;
      else high = middle;
    }
    const span = spans[low];
    if (span === undefined || span.start > last) return null;
    const end = (since ? since.mapPos(span.end) : span.end) - 1;
    return end > to && end <= state.doc.length ? { from: to, to: end } : null;
  });
  return [
    fetcher,
    service,
    codeFolding({ placeholderText: "…" }),
    foldGutter({
      foldingChanged: (update) => update.transactions.some((tr) => tr.effects.some((e) => e.is(refresh))),
      markerDOM(open) {
        const span = document.createElement("span");
        span.textContent = open ? "⌄" : "›";
        span.title = open ? "Fold" : "Unfold";
        return span;
      },
    }),
  ];
}

// ---- breakpoints ----

/** @type {import("@codemirror/state").StateEffectType<{ at: number, on: boolean }>} */
const setBreakpoint = StateEffect.define({ map: ({ at, on }, changes) => ({ at: changes.mapPos(at), on }) });
class Dot extends GutterMarker {
  toDOM() {
    const span = document.createElement("span");
    span.className = "breakpoint";
    span.setAttribute("aria-label", "breakpoint");
    return span;
  }
}
const dot = new Dot();
const breakpointField = StateField.define({
  create: () => /** @type {RangeSet<GutterMarker>} */ (RangeSet.empty),
  update(set, tr) {
    set = set.map(tr.changes);
    for (const { value, ...effect } of tr.effects.filter((e) => e.is(setBreakpoint)))
      set = value.on ? set.update({ add: [dot.range(value.at)] }) : set.update({ filter: (from) => from !== value.at });
    return set;
  },
});
/** @param {EditorState} state @param {number} at the start of a line */
const hasBreakpoint = (state, at) => {
  let found = false;
  state.field(breakpointField).between(at, at, () => void (found = true));
  return found;
};
/** @param {EditorView} view @param {number} position */
export function toggleBreakpoint(view, position) {
  const at = view.state.doc.lineAt(position).from;
  view.dispatch({ effects: setBreakpoint.of({ at, on: !hasBreakpoint(view.state, at) }) });
  return true;
}
/** The starts of the lines that have one. @param {EditorState} state */
export function breakpoints(state) {
  /** @type {number[]} */
  const found = [];
  state.field(breakpointField).between(0, state.doc.length, (from) => void found.push(state.doc.lineAt(from).from));
  return [...new Set(found)];
}

// ---- diagnostics ----

/** @param {Compiled} result @param {number} length of the text now */
export function toLint(result, length) {
  const clamp = (/** @type {number} */ at) => Math.min(length, result.place(at));
  return result.diagnostics.map((d) => {
    const from = d.range === null ? 0 : clamp(d.range.start);
    const to = d.range === null ? 0 : Math.max(from, clamp(d.range.end));
    const fix = d.fix;
    return {
      from,
      to,
      severity: /** @type {"error" | "warning"} */ (d.severity),
      message: [d.message, ...d.hints].join("\n"),
      source: d.code || undefined,
      renderMessage: () => {
        const box = document.createElement("div");
        const line = (/** @type {string} */ text, /** @type {string} */ name) => {
          const p = document.createElement("div");
          p.className = name;
          p.textContent = text;
          box.append(p);
        };
        line(d.message, "lint-message");
        for (const hint of d.hints) line(hint, "lint-hint");
        for (const note of d.notes) line(`line ${note.range.line}: ${note.message}`, "lint-hint");
        return box;
      },
      actions: fix
        ? [{
            name: fix.text.trim() === "" ? "Remove" : `Fix: ${fix.text.trim().slice(0, 30)}`,
            apply: (/** @type {EditorView} */ view, /** @type {number} */ now) => {
              const start = fix.range.start - (d.range?.start ?? fix.range.start) + now;
              const end = start + fix.range.end - fix.range.start;
              if (end <= view.state.doc.length) view.dispatch({ changes: { from: start, to: end, insert: fix.text }, userEvent: "input.fix" });
            },
          }]
        : [],
    };
  });
}

// ---- indentation: by parentheses and blocks of the line before ----

/** @param {string} line */
const bare = (line) => line.replace(/"(?:\\.|[^"\\])*"?/g, '""').replace(/;;.*$/, "").replace(/\(;.*?;\)/g, "");
const indentation = indentService.of((context, at) => {
  const here = context.lineAt(at);
  let line = context.state.doc.lineAt(at);
  let before = "";
  while (line.number > 1) {
    line = context.state.doc.line(line.number - 1);
    before = line.text;
    if (before.trim() !== "") break;
  }
  const unit = context.unit;
  const text = bare(before);
  let depth = 0;
  let low = 0; // what the line closes of others is not its own affair
  for (const c of text) {
    if (c === "(") depth++;
    else if (c === ")") low = Math.min(low, --depth);
  }
  if (/^\s*(block|loop|if|else|try_table|try|catch|catch_all)\b/.test(text)) depth++;
  const own = /^\s*/.exec(before)?.[0].length ?? 0;
  const closes = /^\s*(\)|end\b|else\b)/.test(here.text) ? 1 : 0;
  const opened = text.trimStart().startsWith(")") ? depth + 1 : depth;
  return Math.max(0, own + unit * Math.max(-8, Math.min(opened, 8)) - unit * closes);
});

/**
 * @param {HTMLElement} parent @param {string} doc @param {Session} session
 * @param {{ onChange: (update: import("@codemirror/view").ViewUpdate) => void, extra: import("@codemirror/state").Extension[] }} options
 */
export function makeEditor(parent, doc, session, { onChange, extra }) {
  const hints = new Compartment();
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc,
      extensions: [
        breakpointField,
        gutter({
          class: "cm-breakpoints",
          markers: (v) => v.state.field(breakpointField),
          initialSpacer: () => dot,
          domEventHandlers: { mousedown: (v, line) => toggleBreakpoint(v, line.from) },
        }),
        lineNumbers({ domEventHandlers: { mousedown: (v, line) => toggleBreakpoint(v, line.from) } }),
        folding(session),
        lintGutter(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        dropCursor(),
        EditorState.allowMultipleSelections.of(true),
        EditorState.languageData.of(() => [{
          commentTokens: { line: ";;", block: { open: "(;", close: ";)" } },
          closeBrackets: { brackets: ["(", '"'] },
          wordChars: "$._!#%&*+-/:<=>?@\\^`|~'",
        }]),
        indentUnit.of("  "),
        indentOnInput(),
        indentation,
        bracketMatching({ brackets: "()" }),
        closeBrackets(),
        rectangularSelection(),
        crosshairCursor(),
        highlightActiveLine(),
        highlightSelectionMatches(),
        search({ top: true }),
        layers,
        colours(session),
        hints.of([]),
        extra,
        EditorView.updateListener.of((update) => {
          if (update.docChanged) session.edit(update.changes);
          onChange(update);
        }),
        EditorView.contentAttributes.of({ "aria-label": "WebAssembly text", spellcheck: "false", autocapitalize: "off", autocorrect: "off" }),
        keymap.of([
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...completionKeymap,
          ...lintKeymap,
          { key: "F9", run: (v) => toggleBreakpoint(v, v.state.selection.main.head) },
          { key: "Mod-/", run: toggleComment },
          indentWithTab,
        ]),
      ],
    }),
  });
  session.onResult((result) => {
    view.dispatch(setDiagnostics(view.state, session.quiet ? [] : toLint(result, view.state.doc.length)));
  });
  return {
    view,
    /** @param {boolean} on */
    showStacks(on) {
      view.dispatch({ effects: hints.reconfigure(on ? stackHints(session) : []) });
    },
  };
}

/** @param {EditorView} view @param {string} text */
export function replaceText(view, text) {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
}

/** @param {EditorView} view @param {{ start: number, end: number }} span */
export function reveal(view, span, focus = true) {
  const end = Math.min(span.end, view.state.doc.length);
  const start = Math.min(span.start, end);
  view.dispatch({ selection: { anchor: start, head: end }, effects: EditorView.scrollIntoView(start, { y: "center" }) });
  if (focus) view.focus();
}
