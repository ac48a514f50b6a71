/** What every entry takes. */
export interface Options {
  /** Write x.wat.d.ts beside x.wat, so that TypeScript knows what it exports. */
  types?: boolean;
  /** Source maps: from offsets in the module to lines of the text. Else as the bundler makes them for JavaScript
   * (webpack, Vite, esbuild), or not (Rollup). */
  sourceMap?: boolean;
  /** `false`: no warnings for features that browsers of the project's browserslist lack. */
  browserslist?: boolean;
}
/** The plugin, for Vite, Rollup and esbuild. webpack takes the package's name: use: "wattle-loader". */
export default function wattle(options?: Options): any;
