// webpack 5 (and what takes its loaders): { test: /\.wat$|\.wasm$/, type: "javascript/auto", use: "wattle-loader" }
import { LoaderError, splitQuery, transform } from "./core.js";
import { contentName, withClauses, writeTypes } from "./files.js";

export const raw = true;

export default function wattleLoader(source) {
  this.cacheable?.();
  const options = this.getOptions?.() ?? {};
  const mode = splitQuery(this.resourceQuery ? `x${this.resourceQuery}` : "x")[1];
  const { clauses, path } = withClauses(this.resourcePath);
  const emit = (name, data) => {
    const emitted = contentName(name, data);
    this.emitFile(emitted, Buffer.from(data));
    return emitted;
  };
  if (clauses !== undefined) this.addDependency?.(path);
  try {
    const { code, types, warnings } = transform(source, {
      file: this.resourcePath,
      mode,
      clauses,
      absolute: true,
      asset: (bytes, name) => `new URL(__webpack_public_path__ + ${JSON.stringify(emit(name, bytes))}, self.location.href).href`,
      map: options.sourceMap ?? this.sourceMap ? (json, name) => emit(`${name}.map`, json) : undefined,
      hot: this.hot ? "webpack" : undefined,
      browserslist: options.browserslist,
    });
    for (const w of warnings) this.emitWarning(new LoaderError([w]));
    if (options.types) writeTypes(this.resourcePath, mode, types);
    this.callback(null, code);
  } catch (error) {
    if (error instanceof LoaderError) error.loc = { start: { line: error.problems[0].line ?? 1, column: (error.problems[0].column ?? 1) - 1 } };
    this.callback(error);
  }
}
