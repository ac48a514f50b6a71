// Another side of the differential runs (scripts/differ.py): plays what `differ --plan` wrote
// (fuzz/differ.c says how) with the WebAssembly that this JavaScript engine has.
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';

const view = new DataView(new ArrayBuffer(8));
const hex = (n, digits) => n.toString(16).padStart(digits, '0');

// "i7f" and its like: a kind, and the bits.
function argument(word) {
  const bits = BigInt(`0x${word.slice(1)}`);
  view.setBigUint64(0, bits);
  switch (word[0]) {
    case 'i': return view.getInt32(4);
    case 'l': return view.getBigInt64(0);
    case 'f': return view.getFloat32(4);
    case 'd': return view.getFloat64(0);
  }
  return null;
}

function show(v, kind) {
  switch (kind) {
    case 'i': case 'l': return ` ${v}`;
    case 'f':
      if (Number.isNaN(v)) return ' nan';
      view.setFloat32(0, v);
      return ` f${hex(view.getUint32(0), 8)}`;
    case 'd':
      if (Number.isNaN(v)) return ' nan';
      view.setFloat64(0, v);
      return ` d${hex(view.getBigUint64(0), 16)}`;
  }
  return v === null ? ' null' : ' ref';
}

const WORDS = [
  [/unreachable/, 'unreachable'],
  [/divide by zero|remainder by zero/, 'zero'],
  [/divide result unrepresentable|float unrepresentable/, 'range'],
  [/unaligned/, 'unaligned'],
  [/memory access out of bounds|data segment/, 'memory'],
  [/table index is out of bounds|table access|element segment|table out of bounds/, 'table'],
  [/array element access|array access|array index/, 'array'],
  [/null function or function signature/, 'signature'],
  [/null/, 'null'],
  [/illegal cast|cast/, 'cast'],
  [/too large|out of memory/i, 'allocation'],
  [/call stack/, 'stack'],
  [/Atomics.wait/, 'shared'],
  [/stopped by the host/, 'host'],
];
function failure(e) {
  if (e instanceof WebAssembly.Exception) return ' exception';
  if (e instanceof WebAssembly.LinkError) return ' link';
  const word = WORDS.find(([pattern]) => pattern.test(e.message));
  return ` trap ${word ? word[1] : `other (${e.message})`}`;
}

const hash = (bytes) => hex(crc32(bytes), 8);
function nulls(table) {
  const size = Number(table.length);
  const index = (i) => (typeof table.length === 'bigint' ? BigInt(i) : i);
  return hash(Uint8Array.from({ length: Math.min(size, 10000) }, (_, i) => +(table.get(index(i)) !== null)));
}

const out = [];
let units = [];
// As fuzz/generate_host.py says.
const HOST = {
  mix(a, b) {
    const n = BigInt(a & 63);
    const bits = BigInt.asUintN(64, b);
    return BigInt.asIntN(64, ((bits << n) | (bits >> (64n - n))) ^ BigInt(a));
  },
  half: (x) => x * 0.5,
  back: (a) => units[0].instance.exports.back(a),
  stop(a) { if ((a & 7) === 0) throw new Error('stopped by the host'); },
};
function instantiate(paths) {
  units = [];
  for (const [u, path] of paths.entries()) {
    const module = new WebAssembly.Module(readFileSync(path));
    const names = WebAssembly.Module.exports(module).map((e) => e.name);
    const imports = { host: HOST };
    for (const i of WebAssembly.Module.imports(module)) {
      imports[i.module] ??= units[0].instance.exports;
    }
    try {
      units.push({ names, instance: new WebAssembly.Instance(module, imports) });
    } catch (e) {
      out.push(`${u}.start:${failure(e)}`);
      if (u === 0) return;
    }
  }
}

// false: stack or heap ran out, and how much there is, is every engine's own.
function play(words) {
  const [what, u, i] = words;
  if (!units[u]) return true;
  const item = units[u].instance.exports[units[u].names[i]];
  const at = `${u}.${i}:`;
  if (what === 'memory') {
    out.push(`${at} ${item.buffer.byteLength} bytes ${hash(new Uint8Array(item.buffer))}`);
  } else if (what === 'table') {
    out.push(`${at} ${item.length} elements ${nulls(item)}`);
  } else if (what === 'global') {
    out.push(`${at}${show(item.value, words[3])}`);
  } else {
    const arrow = words.indexOf('>');
    const kinds = [...(words[arrow + 1] ?? '')];
    try {
      let results = item(...words.slice(3, arrow).map(argument));
      if (kinds.length < 2) results = kinds.map(() => results);
      out.push(at + [...results].map((v, k) => show(v, kinds[k])).join(''));
    } catch (e) {
      const text = failure(e);
      out.push(at + text);
      return text !== ' trap stack' && text !== ' trap allocation';
    }
  }
  return true;
}

let going = false;
for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const words = line.trim().split(' ');
  if (words[0] === 'module') {
    out.push(line);
    going = true;
    try {
      instantiate(words.slice(1));
    } catch (e) {
      out.push(`invalid ${e.message}`);
      going = false;
    }
  } else if (words[0] === 'end') {
    out.push('end');
  } else if (going && words[0] !== 'invalid') {
    going = play(words);
  }
}
process.stdout.write(out.join('\n') + '\n');
