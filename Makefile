# Every task of the project. `make` lists them; each line of help stands beside its target after two hashes.
# What a target needs and this machine lacks, it names, with the command that installs it.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The steps of `test` share two cores: side by side they would only make each other's timings worse.
.NOTPARALLEL:

GO ?= go
JS := GOOS=js GOARCH=wasm
NODE_EXEC = $(CURDIR)/.ci/node-exec
# How the browser binary is compiled; cmd/devserver/build reads the same file.
# Experiments are of one version of Go; the next may refuse to build with them.
EXPERIMENT = $(if $(findstring go1.26,$(shell $(GO) env GOVERSION)),$(shell grep '^GOEXPERIMENT=' wasm/build.txt))
GCFLAGS = $(shell sed -n "/^GOEXPERIMENT/d; /^[^\#].*=/s/.*/'-gcflags=&'/p" wasm/build.txt)

RUNS ?= 100
SEED ?= 1
STEPS ?= 200000
OPS ?= 5000
MEMBERS ?= 1
FUZZTIME ?= 20s
# How long the tests of one package may take: only what hangs needs it. Go's own ten minutes are too few on a machine
# with much else to do.
TIMEOUT ?= 60m
ROUNDS ?= 20
LOOPS ?= 4
# In bytes of brotli: stripped, and joined only, as a Go that wasmstrip does not know gets it.
BUDGET ?= 1420000
BUDGET_JOINED ?= 1900000
PKG ?= ./...

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  \033[1m%-12s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- look at it

.PHONY: run
run: ## serve the page at http://127.0.0.1:8080, rebuild and reload when a file changes
	$(GO) run ./cmd/devserver

.PHONY: build
build: ## compile the browser binary into build/
	@mkdir -p build
	$(JS) $(EXPERIMENT) $(GO) build -trimpath -ldflags='-s -w' $(GCFLAGS) -o build/app.wasm ./wasm
	cp -f "$$($(GO) env GOROOT)/lib/wasm/wasm_exec.js" build/wasm_exec.js

.PHONY: strip
strip: build ## the same without what a browser does not need: build/app.stripped.wasm (docs/adr/0005)
	cd internal/wasmstrip && $(GO) run . -o ../../build/app.stripped.wasm ../../build/app.wasm

.PHONY: dist
dist: strip node ## put everything that a static host needs into dist/: names with hashes, .br and .gz beside each file
	rm -rf dist
	mkdir -p dist
	cp -R static/. dist/
	cp build/app.stripped.wasm dist/app.wasm
	cp build/wasm_exec.js dist/
	node .ci/dist.js dist

.PHONY: release
release: dist ## dist/ as an archive with its checksum, named by the version: build/etcdscope-VERSION.tar.gz
	version=$$($(GO) run ./cmd/etcdscope version); \
	tar --sort=name --owner=0 --group=0 --numeric-owner --mtime='2026-01-01 00:00Z' \
		-czf build/etcdscope-$$version.tar.gz -C dist . && \
	cd build && sha256sum etcdscope-$$version.tar.gz | tee etcdscope-$$version.sha256

.PHONY: screenshot
screenshot: chromium ## take docs/screenshot.png from the running page
	cd test/browser && $(GO) run ./screenshot -o ../../docs/screenshot.png

# --- test it

.PHONY: test
test: fmt-check vet unit unit-node determinism swarm judges lockstep oracle robustness test-browser ## before each push
	@echo "test: all passed"

# What takes long in a second look: whole runs, links, builds, the article. `make test` has them.
SLOW = core/world|web/link|internal/swarm|cmd/devserver/build|cmd/etcdscope/.*

.PHONY: quick
quick: fmt-check ## for the inner loop, under 60 s: vet, all but the slow packages, golden runs, the rules of the code
	$(GO) vet ./...
	$(GO) test $$($(GO) list ./... | grep -Ev '/($(SLOW))$$')
	$(GO) test -run 'TestGolden' ./core/world

.PHONY: lint
lint: ## staticcheck for both systems, and functions that nothing reaches (the tools are downloaded)
	.ci/lint.sh

.PHONY: race
race: ## the race detector over what runs natively (needs a C compiler)
	$(GO) test -race -timeout $(TIMEOUT) ./cmd/... ./web/... ./internal/... ./core/sim ./core/script ./core/check

.PHONY: cover
cover: ## which share of the statements the tests of each package reach
	$(GO) test -timeout $(TIMEOUT) -cover ./core/... ./web/... ./internal/... | \
		awk '/coverage:/{print $$2, $$5}' | column -t

.PHONY: nightly
nightly: ## what is too long for each push: lint, race, coverage, fuzzing, deliberate faults, long swarms and judges
	$(MAKE) --no-print-directory lint race cover slow
	$(MAKE) --no-print-directory swarm RUNS=10000
	$(MAKE) --no-print-directory robustness RUNS=1000
	$(MAKE) --no-print-directory lockstep STEPS=5000000
	$(MAKE) --no-print-directory oracle OPS=100000
	$(MAKE) --no-print-directory oracle OPS=20000 MEMBERS=3
	$(MAKE) --no-print-directory ctl-lines OPS=50000
	$(MAKE) --no-print-directory judges-stress

.PHONY: fmt-check
fmt-check:
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	if [ -n "$$unformatted" ]; then echo "not formatted (make tidy does it):"; echo "$$unformatted"; exit 1; fi

.PHONY: vet
vet:
	$(GO) vet ./...
	$(JS) $(GO) vet ./...

.PHONY: unit
unit:
	$(GO) test -timeout $(TIMEOUT) $(PKG)
	cd internal/wasmstrip && $(GO) vet ./... && $(GO) test -timeout $(TIMEOUT) ./...

.PHONY: unit-node
unit-node: node ## the core's tests, compiled for the browser and run in Node
	$(JS) $(GO) test -timeout $(TIMEOUT) -exec "'$(NODE_EXEC)'" ./core/...

.PHONY: determinism
determinism: node ## the same runs give the same hashes: twice natively, once in Node
	$(GO) test -timeout $(TIMEOUT) -count=2 -run 'TestGolden|TestDeterminism' ./core/world
	$(JS) $(GO) test -timeout $(TIMEOUT) -count=1 -exec "'$(NODE_EXEC)'" -run 'TestGolden|TestDeterminism' ./core/world

.PHONY: swarm
swarm: ## many seeds with random faults, all rules checked (RUNS=100 SEED=1)
	$(GO) run ./cmd/etcdscope swarm -runs $(RUNS) -seed $(SEED)

.PHONY: judges
judges: ## ours beside etcd's own: Raft's transcripts, store, watches, leases, metrics, etcdctl, a whole server
	cd test/oracle && $(GO) vet ./... && $(GO) test -timeout $(TIMEOUT) ./...

.PHONY: judges-stress
judges-stress: ## the judges that start real servers and etcdctl, ROUNDS=20 times beside LOOPS=4 busy loops
	.ci/judges-stress.sh $(ROUNDS) $(LOOPS)

.PHONY: ctl-lines
ctl-lines: ## command lines, right and wrong, at real etcdctl and ours: text, stream and exit code (OPS=5000 SEED=1)
	cd test/oracle && $(GO) test -count=1 -timeout 0 -v -run 'TestLines$$' ./ctl -lines $(OPS) -lines-seed $(SEED)

.PHONY: lockstep
lockstep: ## our Raft and etcd's, same inputs, compared after each (STEPS=200000 SEED=1)
	cd test/oracle && $(GO) run . -steps $(STEPS) -seed $(SEED)

.PHONY: dbsize
dbsize: ## length of the database file and what is in use, ours and etcd's, values of 10 B to 1 MiB (some minutes)
	cd test/oracle && $(GO) test ./store -count=1 -v -run 'TestFileSize|TestRefusedUnderQuota' -args -all

.PHONY: oracle
oracle: ## one of our members and a real etcd server, same calls, answers compared (OPS=5000 SEED=1 MEMBERS=1)
	cd test/oracle && $(GO) run ./server/oracle -ops $(OPS) -seed $(SEED) -members $(MEMBERS)

.PHONY: robustness
robustness: ## etcd's robustness validators judge what clients saw in runs with faults (RUNS=100 SEED=1)
	@mkdir -p build
	cd test/robustness && $(GO) vet . && $(GO) test -c -o ../../build/robustness.test . && \
	../../build/robustness.test -test.timeout 0 -runs $(RUNS) -seed $(SEED)

.PHONY: test-browser
test-browser: chromium ## mouse and keyboard in Chromium, short measures included
	@mkdir -p build
	cd test/browser && $(GO) vet -tags measure ./... && \
		$(GO) test -timeout $(TIMEOUT) -count=1 -artifacts -outputdir '$(CURDIR)/build' ./...

.PHONY: ablation
ablation: ## each rule switched off does the harm that it prevents, and none when it is on
	$(GO) run ./test/ablation

.PHONY: mutants
mutants: ## deliberate faults, one by one: which judge catches each, and the swarm in which run
	$(GO) run ./test/mutants

# --- measure it

.PHONY: bench
bench: ## events per second natively and in Chromium, seeking, frames; our Raft, store and watches beside etcd's
	$(GO) run ./cmd/etcdscope bench
	$(MAKE) --no-print-directory bench-raft bench-store bench-watch
	$(MAKE) --no-print-directory bench-browser

.PHONY: article
article: ## what the article claims, where, and what the simulator measures; the last line counts
	$(GO) run ./cmd/etcdscope article

.PHONY: bench-go
bench-go: ## the Go benchmarks of core and web
	$(GO) test -run '^$$' -bench . -benchmem ./core/... ./web/...

.PHONY: bench-raft
bench-raft: ## our Raft and etcd's with the same driver: commits per second, and what they cost as things grow
	cd test/oracle && $(GO) run ./bench

.PHONY: bench-store
bench-store: ## our store and etcd's: puts, reads, compaction, memory, and how they grow to a million keys
	cd test/oracle && $(GO) run ./store/bench

.PHONY: bench-watch
bench-watch: ## puts per second with 1 to 10,000 watchers, our hub and etcd's; memory per watcher
	cd test/oracle && $(GO) run ./watch/bench

.PHONY: bench-browser
bench-browser: chromium ## the full measures in Chromium: load, frames, seeking, events per second
	cd test/browser && MEASURE=full $(GO) test -tags measure -count=1 -timeout 6h -v -run Measure .

.PHONY: bench-load
bench-load: chromium node ## how long a page takes to load over slow lines, with a stripped binary and a joined one
	cd test/browser && MEASURE=load $(GO) test -count=1 -timeout 30m -v -run MeasureLoad .

.PHONY: size
size: strip node ## size of the stripped browser binary against its budget (BUDGET=1420000 bytes of brotli)
	@node .ci/size.js build/app.stripped.wasm \
		$(if $(findstring go1.26,$(shell $(GO) env GOVERSION)),$(BUDGET),$(BUDGET_JOINED))

.PHONY: fuzz
fuzz: ## every fuzz test for FUZZTIME=20s
	@for dir in $$(git grep -l '^func Fuzz' -- '*_test.go' | xargs -r -n1 dirname | sort -u); do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\).*/\1/p' $$dir/*_test.go); do \
			echo "$$dir $$name"; \
			(cd $$dir && $(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) .); \
		done; \
	done

# `make test` runs the fuzz tests on what is known only, since it must not depend on what chance finds.
.PHONY: slow
slow: ## what takes long or is left to chance: each fuzz test for 3 s, ablation, mutants
	$(MAKE) --no-print-directory fuzz FUZZTIME=3s
	$(MAKE) --no-print-directory ablation mutants

# --- keep it

.PHONY: transcripts
transcripts: ## rewrite the expected output of all transcripts, then show what changed: read it
	@for dir in $$(git grep -l 'cockroachdb/datadriven' -- 'core/*_test.go' 'web/*_test.go' | \
			xargs -r -n1 dirname | sort -u); do \
		$(GO) test -count=1 ./$$dir -args -rewrite; \
	done
	git --no-pager diff --stat -- '*testdata*'
	git --no-pager diff -- '*testdata*'

.PHONY: tidy
tidy: ## format, tidy the modules, check the house rules
	gofmt -w $$(git ls-files '*.go')
	$(GO) mod tidy
	@for mod in $$(git ls-files 'test/*/go.mod'); do (cd $$(dirname $$mod) && $(GO) mod tidy); done
	$(GO) test ./internal/...

.PHONY: clean
clean: ## remove what was built
	rm -rf build dist

# --- what the others need

.PHONY: node
node:
	@command -v node >/dev/null || \
		{ echo "needs Node 20 or newer: apt-get install nodejs, or https://nodejs.org"; exit 1; }

.PHONY: chromium
chromium:
	@test/browser/chromium.sh >/dev/null
