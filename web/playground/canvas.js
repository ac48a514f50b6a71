// A picture of a range of memory, drawn again while the module changes it.
import { Engine, Stopped } from "./client.js";
import { field, fill, h, hex, later, timeText } from "./dom.js";

/**
 * @typedef {{ at: string, width: number, height: number, format: "rgba" | "byte", each: string, first: string,
 *   click: string, rate: number }} Picture
 */
/** @type {Picture} */
export const PLAIN = { at: "0", width: 64, height: 64, format: "byte", each: "", first: "", click: "", rate: 30 };
const MOST = 4_000_000; // pixels

/** @param {import("./main.js").Page} page */
export function canvasPane(page) {
  const engine = new Engine();
  /** @type {Picture} */
  let picture = { ...PLAIN, ...page.state.canvas };
  /** @type {Uint8Array | null} what the worker has an instance of; null: it begins anew */
  let opened = null;
  let playing = false;
  /** @type {[string, number[]][]} calls that wait for the next frame */
  let waiting = [];
  const canvas = h("canvas.picture", { role: "img", "aria-label": "The picture of the memory", width: 64, height: 64 });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true })); // drawn by the processor
  const status = h("span.dim.small", { "aria-live": "off" });

  /** @type {(keyof Picture)[]} */
  const names = ["at", "width", "height", "first", "each", "click", "rate"];
  const labels = { at: "Address, or an export that has it", width: "Width", height: "Height", first: "Call first", each: "Call for each frame", click: "Call on a click, with x and y", rate: "Frames a second" };
  /** @type {Record<string, HTMLInputElement>} */
  const inputs = Object.fromEntries(names.map((name) => [name, h("input", {
    type: typeof PLAIN[name] === "number" ? "number" : "text", min: 1, spellcheck: "false", value: String(picture[name]), oninput: change }) ]));
  const format = h("select", { onchange: change },
    h("option", { value: "byte", text: "a byte a cell" }), h("option", { value: "rgba", text: "RGBA, four bytes" }));
  const play = h("button.run", { text: "Play", onclick: () => (playing ? pause() : start()) });
  const element = h("div.pane-canvas", {},
    h("div.pane-bar", {}, play,
      h("button.quiet", { text: "Step", title: "One frame", onclick: step }),
      h("button.quiet", { text: "Start over", onclick: () => restart() }), status),
    h("div.picture-box", {}, canvas),
    h("details.card", {}, h("summary", { text: "What is drawn" }),
      h("div.grid", {}, ...names.slice(0, 3).map((n) => field(labels[/** @type {"at"} */ (n)], inputs[n])), field("Format", format),
        ...names.slice(3).map((n) => field(labels[/** @type {"at"} */ (n)], inputs[n])))));

  function change() {
    const whole = (/** @type {string} */ name) => Math.max(1, Math.min(Math.floor(Number(inputs[name].value)) || 1, 8192));
    picture = { at: inputs.at.value.trim() || "0", width: whole("width"), height: whole("height"), format: format.value, each: inputs.each.value.trim(), first: inputs.first.value.trim(), click: inputs.click.value.trim(), rate: Math.min(whole("rate"), 120) };
    page.state.canvas = picture;
    page.save();
    opened = null;
    if (!playing) frame(false);
  }

  async function restart() {
    opened = null;
    await frame(false);
  }

  let drawing = false;
  /** @param {boolean} move calls what makes the next picture */
  async function frame(move) {
    if (drawing) return;
    drawing = true;
    try {
      if (page.bytes === null) throw new Error("the text has errors: there is no module");
      if (picture.width * picture.height > MOST) throw new Error("the picture is too large");
      /** @type {[string, number[]][]} */
      const calls = waiting.splice(0);
      if (opened === null || opened !== page.bytes) {
        const bytes = page.bytes;
        await engine.call("canvasOpen", bytes);
        opened = bytes;
        if (picture.first) calls.unshift([picture.first, []]);
      }
      if (move && picture.each) calls.push([picture.each, []]);
      const size = picture.width * picture.height * (picture.format === "rgba" ? 4 : 1);
      const made = await engine.call("canvasFrame", { calls, at: picture.at, size });
      draw(made.bytes);
      fill(status, `0x${hex(made.address, 4)}, ${made.memory / 65536} page${made.memory === 65536 ? "" : "s"}; ${timeText(made.ms)} a frame`);
    } catch (error) {
      pause();
      fill(status, h("span.bad", { text: error instanceof Stopped ? "stopped" : error instanceof Error ? error.message : String(error) }));
    } finally {
      drawing = false;
    }
    if (waiting.length && !playing) await frame(false);
  }

  function step() {
    pause();
    if (picture.each) waiting.push([picture.each, []]);
    frame(false);
  }

  /** @param {Uint8Array} bytes */
  function draw(bytes) {
    if (canvas.width !== picture.width || canvas.height !== picture.height) {
      canvas.width = picture.width;
      canvas.height = picture.height;
      canvas.style.setProperty("--ratio", String(picture.width / picture.height));
    }
    const image = context.createImageData(picture.width, picture.height);
    if (picture.format === "rgba") image.data.set(bytes.subarray(0, image.data.length));
    else {
      // 0 is paper and 1 is ink, so that cells of flags show; other values are shades.
      const style = getComputedStyle(canvas);
      const [paper, ink] = [parse(style.backgroundColor), parse(style.color)];
      for (let i = 0; i < bytes.length; i++) {
        const share = bytes[i] === 0 ? 0 : bytes[i] === 1 ? 1 : 0.15 + (0.85 * bytes[i]) / 255;
        for (let c = 0; c < 3; c++) image.data[4 * i + c] = paper[c] + (ink[c] - paper[c]) * share;
        image.data[4 * i + 3] = 255;
      }
    }
    context.putImageData(image, 0, 0);
  }
  const parse = (/** @type {string} */ colour) => (colour.match(/[\d.]+/g) ?? [0, 0, 0]).slice(0, 3).map(Number);

  const soon = later(() => frame(false), 50);

  let last = 0;
  async function tick(/** @type {number} */ now) {
    if (!playing) return;
    if (now - last >= 1000 / picture.rate - 2) {
      last = now;
      await frame(true);
    }
    requestAnimationFrame(tick);
  }
  function start() {
    playing = true;
    play.textContent = "Pause";
    requestAnimationFrame(tick);
  }
  function pause() {
    playing = false;
    play.textContent = "Play";
  }

  canvas.addEventListener("click", (/** @type {MouseEvent} */ event) => {
    if (!picture.click) return;
    const box = canvas.getBoundingClientRect();
    waiting.push([picture.click, [
      Math.floor(((event.clientX - box.left) / box.width) * picture.width),
      Math.floor(((event.clientY - box.top) / box.height) * picture.height),
    ]]);
    if (!playing) frame(false);
  });
  // A frame that never ends is ended.
  setInterval(async () => {
    if (drawing && engine.busy && performance.now() - last > 8000 && playing) {
      await engine.stop();
      opened = null;
    }
  }, 2000);

  return {
    id: "canvas",
    title: "Canvas",
    element,
    visible: false,
    show: soon,
    hide: pause,
    result() {
      if (this.visible && !playing) soon();
    },
    load() {
      pause();
      picture = { ...PLAIN, ...page.state.canvas };
      for (const name of names) inputs[name].value = String(picture[name]);
      format.value = picture.format;
      opened = null;
    },
  };
}
