// Rollup: import wattle from "wattle-loader/rollup"; plugins: [wattle()]
import { existsSync, readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

import { FILES, LoaderError, splitQuery, transform } from "./core.js";
import { dataUrl } from "./dev.js";
import { contentName, withClauses, writeTypes } from "./files.js";

/** A problem as Rollup and Vite show it. */
export const logOf = (p) => ({
  message: p.message, id: p.file, frame: p.frame,
  loc: p.line === undefined ? undefined : { file: p.file, line: p.line, column: p.column - 1 },
});

export default function wattle(options = {}) {
  return {
    name: "wattle-loader",
    async resolveId(id, importer, more) {
      const [file, mode] = splitQuery(id);
      if (mode === "" || !FILES.test(file)) return null;
      const found = await this.resolve(file, importer, { ...more, skipSelf: true });
      if (found !== null) return `${found.id}?${mode}`;
      const path = importer === undefined ? resolve(file) : resolve(dirname(splitQuery(importer)[0]), file);
      return existsSync(path) ? `${path}?${mode}` : null;
    },
    // Read as bytes here: what others load as text would be spoiled.
    load(id) {
      const [file, mode] = splitQuery(id);
      if (!FILES.test(file) || id.startsWith("\0")) return null;
      const { clauses, path } = withClauses(file);
      this.addWatchFile?.(file);
      if (clauses !== undefined) this.addWatchFile?.(path);
      try {
        const { code, types, warnings } = transform(readFileSync(file), {
          file,
          mode,
          clauses,
          map: !options.sourceMap ? undefined : options.embed ? "inline" : (json, name) => this.getFileName(this.emitFile({ type: "asset", fileName: `assets/${contentName(`${name}.map`, json)}`, source: json })).replace(/.*\//, ""),
          hot: options.hot,
          browserslist: options.browserslist,
          asset: (bytes, name) =>
            options.embed
              ? JSON.stringify(dataUrl("application/wasm", bytes))
              : `import.meta.ROLLUP_FILE_URL_${this.emitFile({ type: "asset", name: contentName(name, bytes), source: bytes })}`,
        });
        for (const w of warnings) this.warn(logOf(w));
        if (options.types) writeTypes(file, mode, types);
        return { code, map: { mappings: "" }, moduleSideEffects: false };
      } catch (error) {
        if (!(error instanceof LoaderError)) throw error;
        return this.error(logOf(error.problems[0]));
      }
    },
  };
}
