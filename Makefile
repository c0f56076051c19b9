# A thin front: everything real is in scripts/ and the meson.build files.
.DEFAULT_GOAL := all
.PHONY: all run test bench sim lint fuzz po install clean help

all:     ## build build/zocalo
	@scripts/setup --check build
	@scripts/build

run:     ## install what is missing, build, and open the square
	@scripts/setup build run
	@scripts/build
	@exec build/zocalo serve -c data/square.conf

test:    ## install what is missing, and run every test
	@exec scripts/test

bench:   ## measure side by side with the peers
	@scripts/setup build run bench
	@scripts/build
	@exec bench/run

lint:    ## clang-format, cppcheck and clang-tidy
	@exec scripts/test lint

sim:     ## explore simulated worlds: RUNS=10000, or SEED=N to replay one (see docs/SIMULATION.md)
	@scripts/setup --check build
	@exec scripts/sim

fuzz:    ## run each fuzzer for FUZZ_SECONDS (600)
	@scripts/setup build test
	@exec scripts/fuzz

po:      ## bring the catalogues of messages up to date
	@exec scripts/po

install: ## install below PREFIX (/usr/local), put before it DESTDIR
	@scripts/setup --check build
	@scripts/build build $(if $(PREFIX),-Dprefix=$(PREFIX))
	@meson install -C build --no-rebuild

clean:   ## remove what was built
	@rm -rf build build-*

help:    ## say this
	@sed -n 's/^\([a-z]*\): *## /make \1\t/p' Makefile | expand -t 16
