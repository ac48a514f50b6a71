// Bytes in rows, of which only those in view exist: megabytes scroll as smoothly as a page.
import { h, hex } from "./dom.js";

const MAX_HEIGHT = 8_000_000; // browsers limit the height of elements

/**
 * @typedef {object} HexSource
 * @property {number} length
 * @property {(start: number, length: number) => Uint8Array | Promise<Uint8Array>} read
 */

let serial = 0;

export class HexView {
  /**
   * @param {{ label: string, onHover?: (at: number | null) => void, onPick?: (at: number) => void,
   *   classOf?: (at: number) => string }} options
   */
  constructor({ label, onHover = () => {}, onPick = () => {}, classOf = () => "" }) {
    this.id = `hex${++serial}`;
    this.classOf = classOf;
    this.onHover = onHover;
    this.onPick = onPick;
    /** @type {HexSource} */
    this.source = { length: 0, read: () => new Uint8Array(0) };
    this.columns = 16;
    this.rowHeight = 20;
    this.cursor = -1;
    /** @type {number | null} */
    this.hovered = null;
    /** @type {{ start: number, end: number, class: string }[]} */
    this.marks = [];
    this.top = h("div.hex-spacer");
    this.body = h("div.hex-body", { role: "presentation" });
    this.element = h("div.hex", {
      tabindex: 0, role: "grid", "aria-label": label, "aria-readonly": "true",
      onscroll: () => this.render(),
      onkeydown: (/** @type {KeyboardEvent} */ e) => this.key(e),
      onmouseover: (/** @type {MouseEvent} */ e) => this.hover(this.at(e)),
      onmouseleave: () => this.hover(null),
      onclick: (/** @type {MouseEvent} */ e) => {
        const at = this.at(e);
        if (at !== null) this.pick(at);
      },
    }, this.top, this.body);
    this.drawn = 0;
    new ResizeObserver(() => this.measure()).observe(this.element);
  }

  /** @param {MouseEvent} event */
  at(event) {
    const cell = /** @type {HTMLElement} */ (event.target).closest?.("[data-at]");
    return cell === null || cell === undefined ? null : Number(/** @type {HTMLElement} */ (cell).dataset.at);
  }

  /** @param {number | null} at */
  hover(at) {
    if (at === this.hovered) return;
    this.hovered = at;
    this.onHover(at);
  }

  /** @param {HexSource} source */
  setSource(source) {
    this.source = source;
    this.element.setAttribute("aria-rowcount", String(this.rows));
    if (this.cursor >= source.length) this.cursor = source.length - 1;
    this.render();
  }

  get rows() {
    return Math.ceil(this.source.length / this.columns);
  }

  measure() {
    const width = this.element.clientWidth;
    if (width === 0) return;
    const columns = width >= 590 ? 16 : 8;
    if (columns !== this.columns) this.columns = columns;
    this.render();
  }

  // Rows are as tall as they are until there are too many; then a pixel of the bar stands for more.
  get height() {
    return Math.min(this.rows * this.rowHeight + 8, MAX_HEIGHT);
  }

  firstRow() {
    const view = this.element.clientHeight;
    const most = Math.max(0, this.rows - Math.floor(view / this.rowHeight));
    const room = this.height - view;
    if (this.height < MAX_HEIGHT) return Math.floor(this.element.scrollTop / this.rowHeight);
    return room <= 0 ? 0 : Math.round((this.element.scrollTop / room) * most);
  }

  async render() {
    const view = this.element.clientHeight;
    this.top.style.height = `${this.height}px`;
    if (view === 0 || this.source.length === 0) {
      this.body.replaceChildren();
      return;
    }
    const scaled = this.height >= MAX_HEIGHT;
    const first = Math.min(this.firstRow(), Math.max(0, this.rows - 1));
    const number = Math.min(this.rows - first, Math.ceil(view / this.rowHeight) + 1);
    const start = first * this.columns;
    const length = Math.min(this.source.length - start, number * this.columns);
    const drawn = ++this.drawn;
    const answer = this.source.read(start, length);
    const bytes = answer instanceof Promise ? await answer : answer;
    if (drawn !== this.drawn) return;
    this.body.style.transform = `translateY(${scaled ? this.element.scrollTop : first * this.rowHeight}px)`;
    const digits = Math.max(6, hex(this.source.length).length);
    this.body.replaceChildren(...Array.from({ length: number }, (_, r) => this.row(bytes, first + r, r, digits)));
    this.paint();
  }

  /** @param {Uint8Array} bytes @param {number} row @param {number} r of those in view @param {number} digits */
  row(bytes, row, r, digits) {
    const from = r * this.columns;
    const cells = [];
    const letters = [];
    for (let i = from; i < Math.min(bytes.length, from + this.columns); i++) {
      const at = row * this.columns + (i - from);
      cells.push(h("span", { role: "gridcell", id: `${this.id}-${at}`, "data-at": at, text: hex(bytes[i]) }));
      const b = bytes[i];
      const text = b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : "·";
      letters.push(h("span", { "data-at": at, text }));
    }
    return h("div.hex-row", { role: "row", "aria-rowindex": row + 1 },
      h("span.hex-address", { role: "rowheader", text: hex(row * this.columns, digits) }),
      h("span.hex-bytes", { role: "presentation" }, ...cells),
      h("span.hex-letters", { "aria-hidden": "true" }, ...letters));
  }

  /** @param {number} at */
  markOf(at) {
    let names = "";
    for (const m of this.marks) if (at >= m.start && at < m.end) names += ` ${m.class}`;
    return names;
  }

  /** @param {{ start: number, end: number, class: string }[]} marks */
  setMarks(marks) {
    this.marks = marks;
    this.paint();
  }

  /** @param {number} at */
  namesOf(at) {
    return `${this.classOf(at)}${this.markOf(at)}${at === this.cursor ? " cursor" : ""}`.trim();
  }

  /** The classes of the bytes in view anew; the elements stay, as the mouse may be on one. */
  paint() {
    for (const cell of this.body.querySelectorAll("[data-at]")) {
      const names = this.namesOf(Number(cell.dataset.at));
      cell.className = cell.textContent === "·" ? `${names} dim` : names;
    }
    if (this.cursor >= 0) this.element.setAttribute("aria-activedescendant", `${this.id}-${this.cursor}`);
    else this.element.removeAttribute("aria-activedescendant");
  }

  /** @param {number} at */
  pick(at) {
    this.cursor = Math.max(0, Math.min(at, this.source.length - 1));
    this.show(this.cursor);
    this.paint();
    this.onPick(this.cursor);
  }

  /** Scrolls there, if it is not in view. @param {number} at */
  show(at, center = false) {
    const row = Math.floor(at / this.columns);
    const view = this.element.clientHeight;
    if (view === 0) return;
    const number = Math.floor(view / this.rowHeight);
    const first = this.firstRow();
    if (row >= first + (center ? 1 : 0) && row < first + number - 1) return;
    const wanted = Math.max(0, center ? row - (number >> 1) : row < first ? row : row - number + 2);
    if (this.height < MAX_HEIGHT) this.element.scrollTop = wanted * this.rowHeight;
    else this.element.scrollTop = (wanted / Math.max(1, this.rows - number)) * (this.height - view);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const page = Math.max(1, Math.floor(this.element.clientHeight / this.rowHeight) - 1) * this.columns;
    /** @type {Record<string, number>} */
    const moves = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.columns, ArrowDown: this.columns, PageUp: -page, PageDown: page };
    const move = moves[event.key];
    if (move !== undefined) this.pick(this.cursor < 0 ? 0 : this.cursor + move);
    else if (event.key === "Home") this.pick(0);
    else if (event.key === "End") this.pick(this.source.length - 1);
    else return;
    event.preventDefault();
  }
}
