// Cases that are counted; the last line is what scripts/check sums.
let passed = 0;
let failed = 0;

export async function test(name, body) {
  try {
    await body();
    passed++;
  } catch (error) {
    failed++;
    console.log(`FAIL ${name}: ${error.stack ?? error}`.slice(0, 3000));
  }
}

export function same(actual, expected, what = "") {
  const show = (v) => JSON.stringify(v, (_, x) => (typeof x === "bigint" ? `${x}n` : x instanceof Uint8Array ? [...x] : x));
  if (show(actual) !== show(expected)) throw new Error(`${what} got ${show(actual)}, expected ${show(expected)}`.slice(0, 1500));
}
export function holds(truth, what) {
  if (!truth) throw new Error(`not so: ${what}`);
}

export function close() {
  console.log(`${passed} passed, ${failed} failed, 0 skipped`);
  return failed ? 1 : 0;
}
