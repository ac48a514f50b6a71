export function twice(n: number): number;
export function initSync(options: { module: BufferSource | WebAssembly.Module }): unknown;
export default function init(options?: { module_or_path?: unknown }): Promise<unknown>;
