// A script for QuickJS: sorting, closures, regular expressions, big integers, generators, JSON.
const primes = n => {
    const sieve = new Uint8Array(n + 1);
    const found = [];
    for (let i = 2; i <= n; i++) {
        if (sieve[i]) continue;
        found.push(i);
        for (let k = i * i; k <= n; k += i) sieve[k] = 1;
    }
    return found;
};
function* fibonacci() {
    let [a, b] = [0n, 1n];
    for (;;) {
        yield a;
        [a, b] = [b, a + b];
    }
}
const take = (n, from) => {
    const out = [];
    for (const x of from) {
        if (out.length === n) return out;
        out.push(x);
    }
    return out;
};
class Account {
    #balance = 0;
    add(x) {
        if (x < 0) throw new RangeError(`cannot add ${x}`);
        this.#balance += x;
        return this;
    }
    get balance() { return this.#balance; }
}

const p = primes(20000);
console.log("primes", p.length, p.at(-1), p.reduce((a, b) => a + b, 0));
console.log("fibonacci", String(take(120, fibonacci()).at(-1)));
console.log("big", String(2n ** 200n % 1000000007n), (0.1 + 0.2).toFixed(17), Math.hypot(3, 4));
console.log("words", "the wattle and the water".replace(/\b(\w)(\w*)/g,
    (_, a, b) => a.toUpperCase() + b));
try {
    new Account().add(5).add(-1);
} catch (e) {
    console.log(e instanceof RangeError, e.message);
}
console.log(JSON.stringify({ balance: new Account().add(7).balance, when: new Date(0), list: [1, , 3],
    nested: JSON.parse('{"a":[true,null,1e21]}') }));
console.log([..."zebra ants quill"].sort().join("").trim(), [10, 9, 1].toSorted((a, b) => a - b));
Promise.resolve(42).then(v => console.log("later", v));
