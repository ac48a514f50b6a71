// Files in and out: .wasm opened as text, downloads, the npm package as a .tgz.

/** @param {string} name @param {BlobPart} contents @param {string} [type] */
export function download(name, contents, type = "application/octet-stream") {
  const url = URL.createObjectURL(new Blob([contents], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** An archive of files below `package/`, as npm takes it. @param {Map<string, Uint8Array>} files */
export function tar(files) {
  const encoder = new TextEncoder();
  const blocks = [];
  for (const [name, data] of files) {
    const head = new Uint8Array(512);
    const put = (/** @type {number} */ at, /** @type {string} */ text) => encoder.encodeInto(text, head.subarray(at));
    const octal = (/** @type {number} */ n, /** @type {number} */ digits) => n.toString(8).padStart(digits, "0");
    put(0, `package/${name}`);
    put(100, `${octal(0o644, 7)}\0`);
    put(108, `${octal(0, 7)}\0`);
    put(116, `${octal(0, 7)}\0`);
    put(124, `${octal(data.length, 11)}\0`);
    put(136, `${octal(0, 11)}\0`); // the same bytes whenever it is made
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    put(148, `${octal(head.reduce((n, b) => n + b, 0), 6)}\0 `);
    blocks.push(head, data, new Uint8Array((512 - (data.length % 512)) % 512));
  }
  blocks.push(new Uint8Array(1024));
  return new Blob(/** @type {BlobPart[]} */ (blocks));
}

/** @param {Map<string, Uint8Array>} files */
export const tgz = (files) => new Response(tar(files).stream().pipeThrough(new CompressionStream("gzip"))).blob();

/** @param {Uint8Array} bytes */
export const isBinary = (bytes) => bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;
