#!/usr/bin/env python3
"""`wattle serve`: what it answers, and what it does not give away.

    test/serve/run.py --wattle build/dev/wattle [--emulator 'CMD']
"""
import argparse
import http.client
import os
import pathlib
import shlex
import socket
import subprocess
import sys
import tempfile
import time

tally = {"passed": 0, "failed": 0}


def check(what, got, want):
    tally["passed" if got == want else "failed"] += 1
    if got != want:
        print(f"FAIL {what}: {got!r}, expected {want!r}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Server:
    def __init__(self, command, folder, *options):
        self.port = free_port()
        self.process = subprocess.Popen([*command, "serve", folder, "--port", str(self.port), *options],
                                        stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        self.line = self.process.stderr.readline()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stderr.close()

    def get(self, path, method="GET", headers=None):
        """(status, headers, body)"""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path, skip_host=bool(headers and "Host" in headers))
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body

    def raw(self, data):
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as s:
            s.sendall(data)
            got = b""
            try:
                while piece := s.recv(65536):
                    got += piece
            except ConnectionResetError:
                pass
            return got


def make_site(folder):
    site = folder / "site"
    (site / "sub" / "deeper").mkdir(parents=True)
    (site / "empty <folder>").mkdir()
    (folder / "secret.txt").write_text("secret")
    (site / "index.html").write_text("<p>hello</p>\n")
    (site / "sub" / "index.html").write_text("sub")
    (site / "add.wasm").write_bytes(b"\0asm\1\0\0\0")
    (site / "app.mjs").write_text("export {};\n")
    (site / "ü ü.txt").write_text("umlaut")
    (site / "large.bin").write_bytes(os.urandom(3_000_000))
    (site / "unknown.xyz").write_bytes(b"?")
    (site / "empty <folder>" / "a&b.txt").write_text("x")
    (site / "out").symlink_to("../secret.txt")
    (site / "absolute").symlink_to(folder / "secret.txt")
    (site / "inside").symlink_to("sub/index.html")
    os.mkfifo(site / "pipe")
    return site


def test_answers(server, site):
    status, headers, body = server.get("/")
    check("page", (status, headers["Content-Type"]), (200, "text/html; charset=utf-8"))
    check("page, its text", body.startswith(b"<p>hello</p>\n"), True)
    check("page, live", b"EventSource" in body, True)
    check("page, length", int(headers["Content-Length"]), len(body))
    status, headers, body = server.get("/add.wasm")
    check("wasm", (status, headers["Content-Type"], body), (200, "application/wasm", b"\0asm\1\0\0\0"))
    check("not kept", headers["Cache-Control"], "no-store")
    check("not isolated", headers["Cross-Origin-Opener-Policy"], None)
    check("module", server.get("/app.mjs?v=1#x")[1]["Content-Type"], "text/javascript; charset=utf-8")
    check("percent", server.get("/%C3%BC%20%C3%BC.txt")[2], b"umlaut")
    check("large", server.get("/large.bin")[2], (site / "large.bin").read_bytes())
    check("unknown", server.get("/unknown.xyz")[1]["Content-Type"], "application/octet-stream")
    status, headers, body = server.get("/large.bin", "HEAD")
    check("head", (status, headers["Content-Length"], body), (200, "3000000", b""))
    status, headers, _ = server.get("/sub")
    check("folder", (status, headers["Location"]), (301, "/sub/"))
    check("folder with a page", server.get("/sub/")[2].startswith(b"sub"), True)
    check("link inside", server.get("/inside")[2], b"sub")
    listing = server.get("/empty%20%3Cfolder%3E/")[2]
    check("listing", b'<a href="./a%26b.txt">a&amp;b.txt</a>' in listing
          and b"empty &lt;folder>" in listing, True)


def test_refusals(server):
    for path in ("/nothing", "/../secret.txt", "/%2e%2e/secret.txt", "/sub/..%2f../secret.txt", "/out",
                 "/absolute", "/pipe", "/add.wasm/", "/sub/deeper/../../../secret.txt", "/" + "a" * 300):
        status, _, body = server.get(path)
        check(f"refused {path[:40]}", (status, b"secret" in body), (404, False))
    for path in ("/a%00b", "/%zz", "/%c3", "http://localhost/", "/" + "b" * 5000):
        check(f"no path {path[:20]}", server.get(path)[0], 400)
    for host in ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""):
        check(f"host {host}", server.get("/", headers={"Host": host})[0], 403)
    for host in ("LOCALHOST:1", "127.0.0.1", "[::1]:80"):
        check(f"host {host}", server.get("/", headers={"Host": host})[0], 200)
    check("no host", server.raw(b"GET / HTTP/1.1\r\n\r\n").split()[1], b"403")
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        check(method, server.get("/", method)[0], 405)
    check("long", server.raw(b"GET / HTTP/1.1\r\nX: " + b"y" * 20000).split()[1:2], [b"431"])
    check("nonsense", server.raw(b"\0\1\2\r\n\r\n").split()[1], b"400")
    check("still there", server.get("/")[0], 200)


def test_many(server):
    """More that stand around than there is room for do not keep others out for ever."""
    idle = []
    for _ in range(40):
        idle.append(socket.create_connection(("127.0.0.1", server.port)))
        idle[-1].sendall(b"GET /")
    check("beside idle ones", [server.get("/add.wasm")[0] for _ in range(50)], [200] * 50)
    for s in idle:
        s.close()
    slow = socket.create_connection(("127.0.0.1", server.port), timeout=20)
    for byte in b"GET /add.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n":
        slow.sendall(bytes([byte]))
    answer = b""
    while piece := slow.recv(65536):
        answer += piece
    check("byte by byte", answer.endswith(b"\0asm\1\0\0\0"), True)


def test_live(server, site):
    listener = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    listener.request("GET", "/.wattle/live")
    answer = listener.getresponse()
    check("events", answer.headers["Content-Type"], "text/event-stream")
    check("first line", answer.readline(), b": changes\n")
    time.sleep(0.6)
    (site / "sub" / "deeper" / "new.txt").write_text("new")
    lines = [answer.readline() for _ in range(2)]
    check("a change is told", lines, [b"\n", b"data: changed\n"])
    listener.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wattle", type=pathlib.Path, default=pathlib.Path("build/dev/wattle"))
    parser.add_argument("--emulator", type=shlex.split, default=[])
    args = parser.parse_args()
    command = [*args.emulator, str(args.wattle.resolve())]
    with tempfile.TemporaryDirectory(prefix="serve") as name:
        site = make_site(pathlib.Path(name))
        with Server(command, site) as server:
            check("first line", server.line,
                  f"wattle serve: {site} is at http://localhost:{server.port}/ (Ctrl-C ends it)\n")
            test_answers(server, site)
            test_refusals(server)
            test_many(server)
            test_live(server, site)
            second = subprocess.run([*command, "serve", site, "--port", str(server.port)], text=True,
                                    capture_output=True)
            check("port in use", (second.returncode, second.stderr),
                  (3, f"wattle serve: localhost:{server.port}: address already in use\n"))
        with Server(command, site, "--isolate", "--no-live") as server:
            _, headers, body = server.get("/")
            check("isolated", (headers["Cross-Origin-Opener-Policy"],
                               headers["Cross-Origin-Embedder-Policy"]), ("same-origin", "require-corp"))
            check("not live", body, b"<p>hello</p>\n")
            check("no events", server.get("/.wattle/live")[0], 404)
        for words, code, text in ((["serve", "/no/such"], 3, "no such file"),
                                  (["serve", "--port", "0"], 2, "--port"),
                                  (["serve", "a", "b"], 2, "one FOLDER")):
            done = subprocess.run([*command, *words], text=True, capture_output=True)
            check(" ".join(words), (done.returncode, text in done.stderr), (code, True))
    print(f"{tally['passed']} passed, {tally['failed']} failed, 0 skipped")
    return 1 if tally["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
