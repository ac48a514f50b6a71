// What the command, cli.wasm, needs of WASI preview 1, over node's file system: streams, whole files,
// folders, renames. The root of the host is the one directory it is given; src/web/command.c sets the
// current one. An open folder is remembered by its path.
import { constants, closeSync, fstatSync, mkdirSync, openSync, readSync, readdirSync, readlinkSync, renameSync, statSync, lstatSync, unlinkSync, rmdirSync, writeSync } from "node:fs";
import { isatty } from "node:tty";

const E = { success: 0, acces: 2, again: 6, badf: 8, exist: 20, inval: 28, io: 29, isdir: 31, loop: 32, mfile: 33, nametoolong: 37, noent: 44, nomem: 48, nospc: 51, nosys: 52, notdir: 54, notempty: 55, perm: 63, pipe: 64, rofs: 69, spipe: 70, xdev: 75 };
const ERRORS = { EACCES: E.acces, EAGAIN: E.again, EBADF: E.badf, EEXIST: E.exist, EINVAL: E.inval, EISDIR: E.isdir, ELOOP: E.loop, EMFILE: E.mfile, ENAMETOOLONG: E.nametoolong, ENOENT: E.noent, ENOMEM: E.nomem, ENOSPC: E.nospc, ENOTDIR: E.notdir, ENOTEMPTY: E.notempty, EPERM: E.perm, EPIPE: E.pipe, EROFS: E.rofs, ESPIPE: E.spipe, EXDEV: E.xdev };
const TYPE = { unknown: 0, character: 2, directory: 3, regular: 4, link: 7 };
const RIGHTS_SEEK = (1n << 2n) | (1n << 5n);

const typeOf = (st) => (st.isFile() ? TYPE.regular : st.isDirectory() ? TYPE.directory : st.isCharacterDevice() ? TYPE.character : st.isSymbolicLink() ? TYPE.link : TYPE.unknown);

class Exit extends Error {
  constructor(code) {
    super();
    this.code = code;
  }
}

const nap = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Runs a command; answers its exit code. */
export function runCommand(module, args, env) {
  const texts = new TextEncoder();
  const decoder = new TextDecoder();
  const lists = { args: args.map((a) => texts.encode(`${a}\0`)), environ: Object.entries(env).map(([k, v]) => texts.encode(`${k}=${v}\0`)) };
  let memory;
  const view = () => new DataView(memory.buffer);
  const bytes = (at, size) => new Uint8Array(memory.buffer, at, size);
  // On Windows, "C:/x" below the root is C:/x.
  const path = (fd, at, size) => {
    const text = decoder.decode(bytes(at, size));
    if (fd !== 3) return `${files.get(fd)?.name}/${text}`;
    return /^[A-Za-z]:/.test(text) ? text : `/${text}`;
  };
  // fd -> { host, position }; position null: a stream.
  const files = new Map([[0, { host: 0, position: null }], [1, { host: 1, position: null }], [2, { host: 2, position: null }], [3, { root: true }]]);
  let next = 4;

  const put = (list) => (pointers, at) => {
    const v = view();
    lists[list].forEach((text, i) => {
      v.setUint32(pointers + 4 * i, at, true);
      bytes(at, text.length).set(text);
      at += text.length;
    });
    return E.success;
  };
  const measure = (list) => (count, size) => {
    view().setUint32(count, lists[list].length, true);
    view().setUint32(size, lists[list].reduce((n, t) => n + t.length, 0), true);
    return E.success;
  };

  function transfer(fd, vectors, count, done, once) {
    const file = files.get(fd);
    if (file === undefined || file.root) return E.badf;
    const v = view();
    let total = 0;
    for (let i = 0; i < count; i++) {
      const piece = bytes(v.getUint32(vectors + 8 * i, true), v.getUint32(vectors + 8 * i + 4, true));
      if (piece.length === 0) continue;
      const n = once(file, piece);
      total += n;
      if (file.position !== null) file.position += n;
      if (n < piece.length) break;
    }
    v.setUint32(done, total, true);
    return E.success;
  }
  // A pipe or terminal may have nothing, or no room, yet.
  const patient = (act) => {
    for (;;)
      try {
        return act();
      } catch (error) {
        if (error.code === "EOF") return 0;
        if (error.code !== "EAGAIN") throw error;
        nap(5);
      }
  };
  const read = (file, piece) => patient(() => readSync(file.host, piece, 0, piece.length, file.position));
  function write(file, piece) {
    for (let at = 0; at < piece.length; )
      at += patient(() => writeSync(file.host, piece, at, piece.length - at, file.position === null ? null : file.position + at));
    return piece.length;
  }

  function putStat(at, st) {
    const v = view();
    bytes(at, 64).fill(0);
    v.setBigUint64(at, BigInt(st.dev), true);
    v.setBigUint64(at + 8, BigInt(st.ino), true);
    v.setUint8(at + 16, typeOf(st));
    v.setBigUint64(at + 24, BigInt(st.nlink), true);
    v.setBigUint64(at + 32, BigInt(st.size), true);
    [st.atimeMs, st.mtimeMs, st.ctimeMs].forEach((t, i) => v.setBigUint64(at + 40 + 8 * i, BigInt(Math.trunc(t * 1e6)), true));
    return E.success;
  }
  const now = (id) => (id === 0 ? BigInt(Date.now()) * 1000000n : process.hrtime.bigint());

  const calls = {
    args_get: put("args"),
    args_sizes_get: measure("args"),
    environ_get: put("environ"),
    environ_sizes_get: measure("environ"),
    clock_res_get: (id, at) => (view().setBigUint64(at, id === 0 ? 1000000n : 1n, true), E.success),
    clock_time_get: (id, _precision, at) => (view().setBigUint64(at, now(id), true), E.success),
    fd_close(fd) {
      const file = files.get(fd);
      if (file === undefined) return E.badf;
      files.delete(fd);
      if (fd > 3) closeSync(file.host);
      return E.success;
    },
    fd_fdstat_get(fd, at) {
      const file = files.get(fd);
      if (file === undefined) return E.badf;
      const type = file.root ? TYPE.directory : fd < 3 && isatty(fd) ? TYPE.character : typeOf(fstatSync(file.host));
      const v = view();
      bytes(at, 24).fill(0);
      v.setUint8(at, type);
      const terminal = fd < 3 && isatty(fd);
      v.setBigUint64(at + 8, ((1n << 30n) - 1n) & ~(terminal ? RIGHTS_SEEK : 0n), true);
      v.setBigUint64(at + 16, (1n << 30n) - 1n, true);
      return E.success;
    },
    fd_fdstat_set_flags: () => E.success,
    fd_filestat_get(fd, at) {
      const file = files.get(fd);
      if (file === undefined) return E.badf;
      return putStat(at, file.root ? statSync("/") : fstatSync(file.host));
    },
    fd_prestat_get(fd, at) {
      if (fd !== 3) return E.badf;
      view().setUint32(at, 0, true);
      view().setUint32(at + 4, 1, true);
      return E.success;
    },
    fd_prestat_dir_name: (fd, at) => (fd === 3 ? (bytes(at, 1).set([47]), E.success) : E.badf),
    fd_read: (fd, vectors, count, done) => transfer(fd, vectors, count, done, read),
    fd_write: (fd, vectors, count, done) => transfer(fd, vectors, count, done, write),
    fd_seek(fd, offset, whence, at) {
      const file = files.get(fd);
      if (file === undefined || file.root) return E.badf;
      if (file.position === null) return E.spipe;
      const from = whence === 0 ? 0 : whence === 1 ? file.position : fstatSync(file.host).size;
      if (from + Number(offset) < 0) return E.inval;
      file.position = from + Number(offset);
      view().setBigUint64(at, BigInt(file.position), true);
      return E.success;
    },
    path_open(dir, follow, at, size, open, rights, _inheriting, _flags, fd) {
      const name = path(dir, at, size);
      const writes = (rights & (1n << 6n)) !== 0n;
      const reads = (rights & (1n << 1n)) !== 0n;
      let flags = writes ? (reads ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
      if (open & 1) flags |= constants.O_CREAT;
      if (open & 2) flags |= constants.O_DIRECTORY ?? 0;
      if (open & 4) flags |= constants.O_EXCL;
      if (open & 8) flags |= constants.O_TRUNC;
      if (!(follow & 1)) flags |= constants.O_NOFOLLOW ?? 0;
      const host = openSync(name, flags, 0o666);
      const st = fstatSync(host);
      files.set(next, { host, name, position: st.isFile() || st.isDirectory() ? 0 : null });
      view().setUint32(fd, next++, true);
      return E.success;
    },
    path_filestat_get: (fd, follow, at, size, to) => putStat(to, (follow & 1 ? statSync : lstatSync)(path(fd, at, size))),
    path_rename: (from, at, size, to, at2, size2) => (renameSync(path(from, at, size), path(to, at2, size2)), E.success),
    path_unlink_file: (fd, at, size) => (unlinkSync(path(fd, at, size)), E.success),
    path_create_directory: (fd, at, size) => (mkdirSync(path(fd, at, size)), E.success),
    path_remove_directory: (fd, at, size) => (rmdirSync(path(fd, at, size)), E.success),
    path_readlink(fd, at, size, to, room, used) {
      const target = texts.encode(readlinkSync(path(fd, at, size))).subarray(0, room);
      bytes(to, target.length).set(target);
      view().setUint32(used, target.length, true);
      return E.success;
    },
    fd_readdir(fd, at, size, cookie, used) {
      const file = files.get(fd);
      if (file === undefined) return E.badf;
      const entries = readdirSync(file.root ? "/" : file.name, { withFileTypes: true });
      let n = 0;
      for (let i = Number(cookie); i < entries.length && n < size; i++) {
        const name = texts.encode(entries[i].name);
        const entry = new Uint8Array(24 + name.length);
        const v = new DataView(entry.buffer);
        v.setBigUint64(0, BigInt(i + 1), true);
        v.setUint32(16, name.length, true);
        v.setUint8(20, typeOf(entries[i]));
        entry.set(name, 24);
        const piece = entry.subarray(0, size - n);
        bytes(at + n, piece.length).set(piece);
        n += piece.length;
      }
      view().setUint32(used, n, true);
      return E.success;
    },
    random_get(at, size) {
      for (let i = 0; i < size; i += 65536) crypto.getRandomValues(bytes(at + i, Math.min(65536, size - i)));
      return E.success;
    },
    poll_oneoff(subscriptions, events, _count, stored) {
      const v = view();
      const wait = v.getBigUint64(subscriptions + 24, true);
      const absolute = v.getUint16(subscriptions + 40, true) & 1;
      const left = absolute ? wait - now(v.getUint32(subscriptions + 16, true)) : wait;
      if (left > 0n) nap(Number(left) / 1e6);
      bytes(events, 32).fill(0);
      v.setBigUint64(events, v.getBigUint64(subscriptions, true), true);
      v.setUint32(stored, 1, true);
      return E.success;
    },
    sched_yield: () => E.success,
    proc_exit(code) {
      throw new Exit(code);
    },
  };
  const guarded = (call) => (...words) => {
    try {
      return call(...words);
    } catch (error) {
      if (error instanceof Exit || typeof error.code !== "string") throw error;
      return ERRORS[error.code] ?? E.io;
    }
  };
  const wasi = new Proxy({}, { get: (_, name) => (name in calls ? guarded(calls[name]) : () => E.nosys) });
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi });
  memory = instance.exports.memory;
  try {
    instance.exports._start();
    return 0;
  } catch (error) {
    if (error instanceof Exit) return error.code;
    throw error;
  }
}
