// What a script does: classes, closures, arrays, maps, strings, regular expressions, JSON, typed
// arrays, big loops. Every part prints a line.
let seed = 42;
const random = (n) => (seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff) % n;

// A language: its lexer, its parser, and the tree that evaluates itself.
class Num { constructor(v) { this.v = v; } eval() { return this.v; } }
class Var { constructor(n) { this.n = n; } eval(env) { return env.get(this.n) ?? 0; } }
class Bin {
  constructor(op, a, b) { this.op = op; this.a = a; this.b = b; }
  eval(env) {
    const a = this.a.eval(env), b = this.b.eval(env);
    switch (this.op) {
      case "+": return (a + b) % 1000003;
      case "-": return a - b;
      case "*": return (a * b) % 1000003;
      default: return b ? a % b : a;
    }
  }
}
function parse(text) {
  const tokens = text.match(/\d+|[a-z]+|[-+*%()]/g);
  let at = 0;
  const atom = () => {
    const t = tokens[at++];
    if (t === "(") { const e = sum(); at++; return e; }
    return /^\d/.test(t) ? new Num(parseInt(t, 10)) : new Var(t);
  };
  const product = () => {
    let e = atom();
    while (tokens[at] === "*" || tokens[at] === "%") { const op = tokens[at++]; e = new Bin(op, e, atom()); }
    return e;
  };
  const sum = () => {
    let e = product();
    while (tokens[at] === "+" || tokens[at] === "-") { const op = tokens[at++]; e = new Bin(op, e, product()); }
    return e;
  };
  return sum();
}
function expression(depth) {
  if (depth === 0) return random(2) ? String(random(1000)) : "abcdefgh"[random(8)];
  return `(${expression(depth - 1)} ${"+-*%"[random(4)]} ${expression(depth - 1)})`;
}
function language(rounds) {
  const tree = parse(expression(8)), env = new Map();
  let total = 0;
  for (let i = 0; i < rounds; i++) {
    for (const name of "abcdefgh") env.set(name, i * 31 + name.charCodeAt(0));
    total = (total + tree.eval(env)) % 1000003;
  }
  return total;
}

// Records: made, written as JSON and read, filtered, grouped, sorted.
function records(n) {
  let list = Array.from({ length: n }, (_, i) => ({ id: i, group: "g" + random(20), value: random(1000), tags: ["x" + random(5), "y" + random(5)] }));
  list = JSON.parse(JSON.stringify(list));
  const groups = new Map();
  for (const { group, value } of list.filter((r) => r.tags.includes("x1") || r.value > 200)) {
    const g = groups.get(group) ?? { count: 0, sum: 0 };
    g.count++;
    g.sum += value;
    groups.set(group, g);
  }
  list.sort((a, b) => a.value - b.value || a.id - b.id);
  return [...groups].map(([k, g]) => `${k}:${g.count}:${g.sum}`).sort().join(",").length + list[n >> 1].id;
}

// Bytes: a checksum over a typed array, and a picture.
function bytes(n) {
  const data = new Uint8Array(n), table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    let c = i;
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1;
    table[i] = c;
  }
  for (let i = 0; i < n; i++) data[i] = random(256);
  let crc = -1;
  for (let i = 0; i < n; i++) crc = (crc >>> 8) ^ table[(crc ^ data[i]) & 255];
  return (crc ^ -1) >>> 0;
}
function picture(size) {
  let inside = 0;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const cr = (3 * x) / size - 2, ci = (2 * y) / size - 1;
      let zr = 0, zi = 0, n = 0;
      while (n < 40 && zr * zr + zi * zi < 4) { const t = zr * zr - zi * zi + cr; zi = 2 * zr * zi + ci; zr = t; n++; }
      if (n === 40) inside++;
    }
  }
  return inside;
}

// Text: words counted, changed, joined.
function text(n) {
  const words = [];
  for (let i = 0; i < n; i++) words.push("lorem ipsum dolor sit amet consectetur".split(" ")[random(6)] + (i % 7));
  const joined = words.join(" "), counts = {};
  for (const w of joined.split(/\s+/)) counts[w] = (counts[w] || 0) + 1;
  return Object.keys(counts).sort().map((k) => k + counts[k]).join("").length + joined.replace(/o(\w)/g, (_, c) => c.toUpperCase()).length;
}

console.log("language", language(160));
console.log("records", records(3000));
console.log("bytes", bytes(60000));
console.log("picture", picture(48));
console.log("text", text(3000));
