// Elements made by a line each.

/**
 * @param {string} what a tag and classes: `button.quiet.small`
 * @param {Record<string, any>} [attributes] `onclick` and the like are listeners, `text` is the contents
 * @param {...(Node | string | null | undefined)} children
 * @returns {any}
 */
export function h(what, attributes = {}, ...children) {
  const [tag, ...classes] = what.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "text") element.textContent = String(value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "hidden") element[name] = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
  return element;
}

/** @param {string} id @returns {any} */
export const by = (id) => document.getElementById(id);

/** Replaces what is in an element. @param {Element} element @param {...(Node | string | null)} children */
export const fill = (element, ...children) => element.replaceChildren(...children.filter((c) => c !== null));

let serial = 0;
/** A label with its control. @param {string} text @param {HTMLElement} control */
export function field(text, control, classes = "field") {
  control.id ||= `c${++serial}`;
  return h(`div.${classes}`, {}, h("label", { for: control.id, text }), control);
}

/** @template {any[]} A @param {(...all: A) => void} action @param {number | (() => number)} ms */
export function later(action, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  return (/** @type {A} */ ...all) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...all), typeof ms === "number" ? ms : ms());
  };
}

/** @param {number} n */
export const count = (n) => n.toLocaleString("en");
/** @param {number} n */
export const bytesText = (n) => (n < 10000 ? `${count(n)} bytes` : n < 1e6 ? `${(n / 1000).toFixed(1)} kB` : `${(n / 1e6).toFixed(2)} MB`);
/** @param {number} n @param {number} [digits] */
export const hex = (n, digits = 2) => n.toString(16).padStart(digits, "0");
/** @param {number} ms */
export const timeText = (ms) => (ms < 0.1 ? "< 0.1 ms" : ms < 100 ? `${ms.toFixed(ms < 10 ? 2 : 1)} ms` : `${(ms / 1000).toFixed(2)} s`);

/** Says something to those who listen to the page. @param {string} text */
export function say(text) {
  const live = by("live");
  live.textContent = "";
  requestAnimationFrame(() => (live.textContent = text));
}

let fading = 0;
/** A word at the bottom that goes away. @param {string} text */
export function toast(text) {
  const place = by("toast");
  place.textContent = text;
  place.classList.add("shown");
  clearTimeout(fading);
  fading = window.setTimeout(() => place.classList.remove("shown"), 3200);
}
