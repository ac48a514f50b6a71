// Hover, completion, names, layout: questions to the engine about a place in the text.
import { autocompletion } from "@codemirror/autocomplete";
import { EditorView, hoverTooltip, keymap, showDialog } from "@codemirror/view";

import { h, later, toast } from "./dom.js";
import { reveal, showLayer } from "./editor.js";

/** @typedef {import("./session.js").Session} Session */
/** @typedef {import("./engine.d.ts").Hover} Hover */

/** @param {Hover} info */
function hoverCard(info) {
  return h("div.hover-card", {},
    h("div.hover-head", {},
      h("code.hover-title", { text: info.title }),
      info.opcode ? h("span.hover-opcode", { text: info.opcode, title: "its bytes in the binary" }) : null,
      info.feature ? h("span.badge", { text: info.feature }) : null),
    info.signature ? h("code.hover-signature", { text: info.signature }) : null,
    info.text ? h("p", { text: info.text }) : null,
    info.traps.length ? h("p.hover-traps", { text: `Traps: ${info.traps.join("; ")}.` }) : null);
}

const WORD = /[\w$.!#%&*+\-/:<=>?@\\^`|~']*$/;

/** @param {Session} session */
export function languageService(session) {
  const hover = hoverTooltip(async (view, at) => {
    const info = await session.ask("hover", at).catch(() => null);
    if (info === null) return null;
    return { pos: info.start, end: info.end, above: true, create: () => ({ dom: hoverCard(info) }) };
  }, { hoverTime: 250 });

  const completion = autocompletion({
    override: [
      async (context) => {
        const word = context.matchBefore(WORD);
        if (!context.explicit && (word === null || word.from === word.to)) return null;
        const answer = await session.ask("complete", context.pos).catch(() => null);
        if (answer === null || answer.items.length === 0) return null;
        return {
          from: answer.from,
          validFor: /^[\w$.!#%&*+\-/:<=>?@\\^`|~']*$/,
          options: answer.items.map((/** @type {import("./engine.d.ts").Completion} */ item) => ({
            label: item.label,
            detail: item.detail,
            type: { instruction: "function", keyword: "keyword", type: "type", identifier: "variable" }[item.kind],
            boost: item.fits ? 50 : 0,
          })),
        };
      },
    ],
    icons: false,
  });

  /** @param {EditorView} view */
  const definition = (view, at = view.state.selection.main.head) => {
    session.ask("definition", at).catch(() => null).then((span) => {
      if (span === null) toast("No name here");
      else reveal(view, span);
    });
    return true;
  };

  /** @param {EditorView} view */
  const rename = (view) => {
    const at = view.state.selection.main.head;
    session.ask("references", at).catch(() => null).then(async (spans) => {
      if (spans === null || spans.length === 0) return toast("No name here");
      const name = view.state.sliceDoc(spans[0].start, spans[0].end);
      const { result } = showDialog(view, {
        label: `Rename ${name} (${spans.length} places) to`,
        input: { type: "text", name: "name", value: name, "aria-label": "new name" },
        submitLabel: "Rename",
        focus: true,
        top: true,
      });
      const form = await result;
      view.focus();
      if (form === null) return;
      const wanted = /** @type {HTMLInputElement} */ (form.elements.namedItem("name")).value.trim();
      const answer = await session.ask("rename", at, wanted).catch((error) => ({ error: error.message, edits: [] }));
      if (answer === null) return;
      if (answer.error !== null) return toast(answer.error);
      view.dispatch({ changes: answer.edits.map(toChange), userEvent: "rename" });
    });
    return true;
  };

  const marks = later(async (/** @type {EditorView} */ view) => {
    const spans = view.state.selection.main.empty ? await session.ask("references", view.state.selection.main.head).catch(() => null) : [];
    const list = spans ?? [];
    showLayer(view, "names", list.length > 1 ? list.map((/** @type {any} */ s) => ({ from: s.start, to: s.end, class: "same-name" })) : []);
  }, 180);

  return [
    hover,
    completion,
    EditorView.updateListener.of((update) => {
      if (update.selectionSet || update.docChanged) marks(update.view);
    }),
    EditorView.domEventHandlers({
      mousedown(event, view) {
        if (!(event.ctrlKey || event.metaKey) || event.button !== 0) return false;
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        return at !== null && definition(view, at);
      },
    }),
    keymap.of([
      { key: "F2", run: rename },
      { key: "F12", run: (view) => definition(view) },
      { key: "Shift-Alt-f", run: (view) => (format(view, session), true) },
    ]),
  ];
}

const toChange = (/** @type {import("./engine.d.ts").Edit} */ e) => ({ from: e.start, to: e.end, insert: e.text });

/** @param {EditorView} view @param {Session} session */
export async function format(view, session) {
  const edits = await session.ask("format").catch(() => null);
  if (edits === null) return;
  if (edits.length === 0) return toast("Laid out already");
  view.dispatch({ changes: edits.map(toChange), userEvent: "format" });
  toast("Laid out");
}
