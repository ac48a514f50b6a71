// Vite: import wattle from "wattle-loader/vite"; plugins: [wattle()]. Its server has the modules inside of
// the JavaScript; what it builds has them as files.
import rollup from "./rollup.js";

export default function wattle(options = {}) {
  const own = { ...options };
  const plugin = rollup(own);
  return {
    ...plugin,
    resolveId: undefined, // Vite finds files with queries by itself
    enforce: "pre",
    config() {
      const esbuild = this?.meta?.rolldownVersion ? {} : { esbuild: { supported: { "top-level-await": true } } }; // Vite before 8
      return { build: { target: "es2022" }, ...esbuild };
    },
    configResolved(config) {
      own.embed = config.command === "serve";
      own.sourceMap ??= own.embed || Boolean(config.build.sourcemap);
      own.hot = own.embed && config.server.hmr !== false ? "vite" : undefined;
    },
  };
}
