# The front door. Every target sets up what it needs (scripts/setup, by apt-get as root), then
# hands over to CMake's presets and the scripts; nothing is built by make itself.
PREFIX ?= /usr/local
DESTDIR ?=
RELEASE ?= build/release
SECONDS ?= 600

.PHONY: all web playground demo check check-all cross bench install install-crun fuzz clean

all: # the release build; leaves the command at build/wattle
	@scripts/setup build
	@cmake --preset release
	@cmake --build build/release
	@test -x build/release/wattle || { echo "make: the command has no source yet" >&2; exit 1; }
	@ln -sfn release/wattle build/wattle

web: # the npm package, in build/web/npm
	@scripts/setup web
	@cmake --preset web $$(scripts/npm.py)
	@cmake --build build/web --target web

playground: # the page of `wattle playground`, in build/web/playground
	@scripts/setup web
	@cmake --preset web
	@cmake --build build/web --target playground

demo: # assembles, checks and runs examples/life.wat, then a real program
	@scripts/setup demo
	@$(MAKE) --no-print-directory all
	@scripts/demo build/wattle

check: # every test; closes with one line of sums; under 20 minutes on two cores
	@scripts/setup check
	@scripts/check

check-all: # the matrix: round trips of large modules, sanitizers, all tests on aarch64, long fuzzing
	@scripts/setup check
	@scripts/check --all

cross: # the single file for Windows, musl and macOS by zig cc, run under wine and qemu; minutes
	@scripts/setup check
	@scripts/check cross

bench: # measures against named peers, which are fetched: converters, interpreter, host, collector, WASI
	@scripts/setup check
	@$(MAKE) --no-print-directory all
	@python3 bench/tools.py --wattle build/wattle
	@python3 bench/interp/run.py --wattle build/wattle
	@python3 bench/interp/run.py --bounds --wattle build/wattle
	@python3 bench/interp/run.py --compilers
	@python3 bench/interp/host.py
	@python3 bench/gc/run.py
	@python3 bench/wasi/run.py --wattle build/wattle
	@python3 bench/web/run.py

install: # the command, its completions and manual page, the library and its headers below $(DESTDIR)$(PREFIX)
	@scripts/setup build
	@cmake --preset release -B $(RELEASE) -DCMAKE_INSTALL_PREFIX=$(PREFIX)
	@cmake --build $(RELEASE)
	@DESTDIR=$(DESTDIR) cmake --install $(RELEASE)

install-crun: # the plug-in for crun, into its folder of handlers or $(CRUN_HANDLERS)
	@scripts/setup build
	@cmake --preset release -B $(RELEASE) -DCMAKE_INSTALL_PREFIX=$(PREFIX)
	@cmake --build $(RELEASE)
	@DESTDIR=$(DESTDIR) scripts/install-crun $(RELEASE) $(CRUN_HANDLERS)

fuzz: # each fuzz target for SECONDS (600)
	@scripts/setup fuzz
	@cmake --preset fuzz
	@cmake --build build/fuzz
	@scripts/fuzz.py --seconds $(SECONDS)

clean:
	rm -rf build
