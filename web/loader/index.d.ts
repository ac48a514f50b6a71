/** What every entry takes. */
export interface Options {
  /** Write x.wat.d.ts beside x.wat, so that TypeScript knows what it exports. */
  types?: boolean;
}
/** The plugin, for Vite, Rollup and esbuild. webpack takes the package's name: use: "wattle-loader". */
export default function wattle(options?: Options): any;
