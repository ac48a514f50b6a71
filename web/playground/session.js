// The text as the worker knows it. Edits that come while it compiles are put together; what it says
// is given on with the places moved to where they are now.
import { ChangeSet } from "@codemirror/state";

import { Engine } from "./client.js";

/**
 * @typedef {import("./engine.d.ts").Edited & {
 *   bytes: Uint8Array | null, ms: number, revision: number, place: (at: number) => number }} Compiled
 */

export class Session {
  /** @param {string} text */
  constructor(text) {
    this.engine = new Engine();
    this.revision = 0; // of the text in the editor
    this.length = text.length;
    /** @type {ChangeSet | null} not sent yet */
    this.pending = null;
    /** @type {string | null} a whole text that was not sent yet */
    this.whole = text;
    this.running = false;
    this.quiet = false; // a script: errors as of a module say nothing
    /** @type {Compiled | null} */
    this.last = null;
    /** @type {((result: Compiled) => void)[]} */
    this.listeners = [];
    /** @type {(() => void)[]} */
    this.waiters = [];
    this.failures = 0; // one behind the other
    this.text = () => text; // of the editor
    /** @type {(error: Error) => void} */
    this.onFailure = () => {};
  }

  /** @param {(result: Compiled) => void} listener */
  onResult(listener) {
    this.listeners.push(listener);
  }

  /** @param {ChangeSet} changes */
  edit(changes) {
    this.revision++;
    this.pending = this.pending === null ? changes : this.pending.compose(changes);
    this.send();
  }

  async send() {
    if (this.running || (this.pending === null && this.whole === null)) return;
    this.running = true;
    const revision = this.revision;
    /** @type {[number, number, string][]} */
    const changes = [];
    this.pending?.iterChanges((from, to, _a, _b, insert) => changes.push([from, to, insert.toString()]));
    const whole = this.whole;
    this.pending = this.whole = null;
    try {
      const result = await this.engine.call("update", whole, changes);
      const since = /** @type {ChangeSet | null} */ (this.pending);
      const place = (/** @type {number} */ at) => (since === null ? at : since.mapPos(Math.min(at, since.length)));
      this.last = { ...result, revision, place };
      for (const listener of this.listeners) listener(/** @type {Compiled} */ (this.last));
      this.failures = 0;
    } catch (error) {
      // The worker is lost. A new one gets the whole text, but not for ever.
      await this.engine.stop();
      this.pending = null;
      if (++this.failures < 3) this.whole = this.text();
      else this.onFailure(error instanceof Error ? error : new Error(String(error)));
    } finally {
      this.running = false;
      if (this.pending !== null || this.whole !== null) this.send();
      else for (const done of this.waiters.splice(0)) done();
    }
  }

  /** When the worker knows the text of the editor. */
  async settled() {
    while (this.running || this.pending !== null || this.whole !== null)
      await new Promise((done) => {
        this.waiters.push(() => done(null));
        this.send();
      });
  }

  /**
   * Asks the document; `null` when the text changed meanwhile, so that places in the answer would be wrong.
   * @param {string} method @param {...any} args
   */
  async ask(method, ...args) {
    await this.settled();
    const revision = this.revision;
    const answer = await this.engine.call("ask", method, args);
    return revision === this.revision ? answer : null;
  }
}
