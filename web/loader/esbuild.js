// esbuild: import wattle from "wattle-loader/esbuild"; plugins: [wattle()], with format: "esm".
import { readFile } from "node:fs/promises";
import { dirname } from "node:path";

import { FILES, LoaderError, splitQuery, transform } from "./core.js";
import { contentName, withClauses, writeTypes } from "./files.js";

const messageOf = (p) => ({
  text: p.message,
  location: p.line === undefined ? { file: p.file } : { file: p.file, line: p.line, column: p.column - 1, length: p.length, lineText: p.lineText },
});

export default function wattle(options = {}) {
  return {
    name: "wattle-loader",
    setup(build) {
      const assets = new Map();
      build.onResolve({ filter: /^wattle-asset:/ }, ({ path }) => ({ path: path.slice("wattle-asset:".length), namespace: "wattle-asset" }));
      build.onLoad({ filter: /.*/, namespace: "wattle-asset" }, ({ path }) => ({ contents: assets.get(path), loader: "file" }));
      build.onResolve({ filter: /\.(wat|wasm)\?/ }, async ({ path, resolveDir, kind, importer }) => {
        const [file, mode] = splitQuery(path);
        const found = await build.resolve(file, { resolveDir, kind, importer });
        return found.errors.length ? found : { ...found, suffix: `?${mode}` };
      });
      build.onLoad({ filter: FILES }, async ({ path, suffix }) => {
        const mode = splitQuery(`x${suffix}`)[1];
        const { clauses, path: bind } = withClauses(path);
        try {
          let before = "";
          const { code, types, warnings } = transform(await readFile(path), {
            file: path,
            mode,
            clauses,
            map: options.sourceMap ?? build.initialOptions.sourcemap ? "inline" : undefined,
            browserslist: options.browserslist,
            asset: (bytes, name) => {
              const own = contentName(name, bytes);
              assets.set(own, bytes);
              before = `import $asset from "wattle-asset:${own}";\n`;
              return "$asset";
            },
          });
          if (options.types) writeTypes(path, mode, types);
          const url = mode === "url" || mode === "module" ? code.replace("$asset", "new URL($asset, import.meta.url).href") : code;
          return { contents: before + url, loader: "js", resolveDir: dirname(path), warnings: warnings.map(messageOf), watchFiles: [path, bind] };
        } catch (error) {
          if (!(error instanceof LoaderError)) throw error;
          return { errors: error.problems.map(messageOf), watchFiles: [path, bind] };
        }
      });
    },
  };
}
