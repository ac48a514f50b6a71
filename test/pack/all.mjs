// What test/pack/all.c gives, through its package; for node and for browsers. Throws where it differs.
export function check(api) {
  let count = 0;
  const same = (what, got, want) => {
    const show = (v) => JSON.stringify(v, (_, x) => (typeof x === 'bigint' ? `${x}n` : ArrayBuffer.isView(x) ? [...x] : x)) + typeof v;
    if (show(got) !== show(want)) throw new Error(`${what}: got ${show(got)}, expected ${show(want)}`);
    count++;
  };
  const fails = (what, f, message) => {
    let error;
    try {
      f();
    } catch (e) {
      error = e;
    }
    if (!error || !String(error.message).includes(message))
      throw new Error(`${what}: ${error ? `failed with ${error.message}` : 'did not fail'}, expected ${message}`);
    count++;
    return error;
  };
  const { Board, Direction } = api;

  same('bool', [api.negate(true), api.negate(false)], [false, true]);
  same('char', [api.next('a'), api.next('\u{1F600}')], ['b', '\u{1F601}']);
  fails('char, two', () => api.next('ab'), 'one character');
  same('u8', api.wrap8(300), 44);
  same('s16', api.wrap16(0xffff), -1);
  same('u64', api.half_u64(-2n), 0x7fffffffffffffffn);
  same('s64 number', api.twice(-(2 ** 40)), -(2 ** 41));
  fails('unsafe integer', () => api.twice(2 ** 53), 'safe integer');
  fails('unsafe result', () => api.twice(2 ** 52 + 1), 'safe integer');
  same('u32', api.as_u32(-1), 4294967295);
  same('plain', api.plain(3, 4.5), 7n);
  same('reserved name', api.delete(), 7);
  same('odd name', api.odd_name_1(), 8);

  same('string', api.greet('Wörld \u{1F600}'), 'Hello, Wörld \u{1F600}');
  same('empty string', api.greet(''), 'Hello, ');
  same('packed string', api.packed('hey'), 'hey!');
  same('string16', api.upper16('abc\ud800x'), 'ABC\ud800X');
  same('cstring', api.measure('grün'), 5);
  fails('cstring with NUL', () => api.measure('a\0b'), 'NUL');
  same('static cstring', api.motto(), 'small is beautiful');
  same('option string', [api.maybe('x'), api.maybe(''), api.maybe(null), api.maybe()], ['x', '', undefined, undefined]);
  const long = 'ab'.repeat(100000);
  same('long string', api.greet(long).length, 200007);
  same('long string16', api.upper16(long), long.toUpperCase());

  same('list', api.sum([1, 2, 3.5]), 6.5);
  same('typed list', api.sum(new Float64Array([1, 2])), 3);
  same('empty list', api.sum([]), 0);
  same('list back', api.range(5), new Uint32Array([0, 1, 4, 9, 16]));
  same('list of strings', api.total_length(['a', 'bc', 'ü']), 5);
  same('list of no strings', api.total_length([]), 0);
  same('nothing leaked', api.taken(), 0);

  const view = api.cells();
  same('view', view.length, 8);
  view[3] = 9;
  same('view is live', api.cells()[3], 9);
  if (api.cells() !== view) throw new Error('a view is made once');
  same('memory grows', api.grow_memory(), true);
  same('old view is detached', view.length, 0);
  same('new view', [api.cells().length, api.cells()[3], api.cells()[0]], [8, 9, 1]);

  same('enum', [api.turn(Direction.up), api.turn(Direction.down), api.turn(Direction.left)], [4, 5, 0]);
  const point = { x: 1, y: 2, name: 'p', next: 41, open: false };
  same('record', api.move_by(point, 2), { x: 3, y: 2, name: 'moved', next: undefined, open: true });
  same('list of records', api.centre([point, { ...point, x: 3, next: null }, point]), 1 + 2 / 3 + 82 / 3);

  same('result', api.parse('123'), 123);
  same('failed result', fails('parse', () => api.parse('12x'), 'no digit').code, 1);
  same('result of nothing', api.check(1), undefined);
  same('failed result of nothing', fails('check', () => api.check(-1), 'check failed with 3').code, 3);
  same('option', [api.find(3), api.find(0)], [1.5, undefined]);
  same('option given', [api.given(2.5), api.given(null), api.given(undefined)], [2.5, -1, -1]);

  const board = new Board(4, 2);
  board.set(5, true);
  same('method', board.size(), 8);
  same('view of a method', board.cells(), new Uint8Array([0, 0, 0, 0, 0, 1, 0, 0]));
  const other = Board.of('#.#');
  same('static', other.cells(), new Uint8Array([1, 0, 1]));
  same('objects', [other instanceof Board, api.board_count()], [true, 2]);
  same('given away', board.merge(other), 11);
  fails('use after it was given away', () => other.size(), 'freed');
  fails('no such object', () => board.merge({}), 'class Board');
  fails('no object at all', () => Board.prototype.size.call(undefined), 'class Board');
  fails('constructor', () => new Board(100, 100), 'could not be made');
  board.free();
  fails('use after free', () => board.size(), 'freed');
  fails('free after free', () => board.free(), 'freed');
  if (Symbol.dispose) Board.of('##')[Symbol.dispose]();
  same('all freed', api.board_count(), 0);

  const die = api.dice(6);
  if (!(die >= 0 && die < 6)) throw new Error(`dice: ${die}`);
  same('import of two', api.length(3, 4), 5);
  same('import with strings', api.quote('a b'), 'a%20b');
  same('import that may fail', api.unquote('a%20b'), 'a b');
  fails('import that fails', () => api.unquote('%'), 'URI');
  same('callback', api.apply((x) => x * 3, 2), 18);
  fails('callback that fails', () => api.apply(() => { throw new Error('mine'); }, 2), 'mine');
  fails('no callback', () => api.apply(3, 2), 'function');
  same('nothing leaked at the end', api.taken(), 0);
  api.keep('kept text');
  same('owned string', [api.kept(), api.taken()], ['kept text', 1]);
  return count;
}
