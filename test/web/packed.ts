// What TypeScript makes of a package that `wattle pack` wrote from test/pack/all.c.
import { Board, Direction, greet, maybe, sum, range, cells, turn, move_by, parse, find, given, apply, half_u64, twice, delete as remove, plain, memory } from "@me/all";
import type { Point } from "@me/all";
import { init, initSync, url, type Api, type Imports, type Source } from "@me/all/init";
import { twice as glued } from "glued";
import { start } from "program";
import { init as program, type Wasi } from "program/init";

const text: string = greet("you");
const perhaps: string | undefined = maybe(null);
const total: number = sum(new Float64Array(3)) + sum([1, 2]);
const list: Uint32Array = range(3);
const view: Uint8Array = cells();
const next: Direction = turn(Direction.down);
const point: Point = { x: 1, y: 2, name: "p", open: true };
const moved: Point = move_by({ ...point, next: 3 }, 2);
const parsed: number = parse("12");
const found: number | undefined = find(3);
const big: bigint = half_u64(3n) + plain(1, 2);
const result: number = apply((x: number) => x * 2, given(undefined) + twice(3)) + remove() + glued(2);
{
  using board: Board = new Board(2, 3);
  board.set(1, true);
  const merged: number = board.merge(Board.of("##"));
  void merged;
}
const pages: number = memory.buffer.byteLength;
const source: Source | Promise<Source> = fetch(url);
const api: Promise<Api> = init(source);
const again: Api = initSync(new ArrayBuffer(8), {} satisfies Imports);

const files: NonNullable<Wasi["files"]> = { "a.txt": "text", b: new Uint8Array(2) };
const ran: Promise<number> = program(undefined, { wasi: { args: ["a"], files, stdout: (line: string) => void line } }).then((p) => p.start());
const code: number = start();

// @ts-expect-error arguments are strings
program(undefined, { wasi: { args: [3] } });
// @ts-expect-error a string is no number
greet(3);
// @ts-expect-error no such direction
turn(3);
// @ts-expect-error a class is made by new
Board(1, 2);
// @ts-expect-error private: what allocates is not for users
again.take_bytes(1, 1);
void [text, perhaps, total, list, view, next, moved, parsed, found, big, result, pages, api, ran, code];
