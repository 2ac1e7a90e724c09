# The two commands are `make run` and `make test`. What runs longer has a
# target of its own, with bounded defaults.
GO    ?= go
SEEDS ?= 5000
TIME  ?= 60s
# What a removed member may try, back-dated, before `make probes` is content.
PROBES ?= 30000000

# The pure floors start no goroutine and hold no lock (the floors test sees to
# it), so the race detector has nothing to find there.
PURE  = ./crdt/... ./protocol/... ./node/envelope ./node/domain ./node/community ./node/practice ./node/vitals ./node/calendar ./node/replica
# All others run under it, so that no new package is forgotten.
RACED = $$($(GO) list ./... | grep -vxF "$$($(GO) list $(PURE))")

# Stories run several processes each, which the race detector makes seven times
# as slow. All of them run without it; with it, those that between them take
# every path where goroutines meet. These are left out there, and so are the
# sample communities, which many smaller ones stand for.
DEMOS = ^TestDemo(Wiper|Lunch)$$
ALONE = recovery|approval|hand-over|decided-apart|two-devices|import-here-search-there|ranks|fork|invite-with-entrants|stolen-device|copied-home

# The pages are built when something they are made of has changed.
UI    = node/web/ui
PAGES = node/web/dist/index.html
DEPS  = $(UI)/node_modules/.package-lock.json

.PHONY: run build test check pages walk chromium sim fuzz probes bench

run: $(PAGES)
	$(GO) run ./cmd/coppice up

build: $(PAGES)
	$(GO) build -trimpath -o build/coppice ./cmd/coppice

check:
	@unformatted="$$(gofmt -l cmd crdt node protocol)"; \
	if [ -n "$$unformatted" ]; then echo "gofmt these files:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...

$(DEPS): $(UI)/package-lock.json $(UI)/.npmrc
	@command -v npm >/dev/null || { echo "The pages need Node 20.19 or newer. Without it: $(GO) run ./cmd/coppice up"; exit 1; }
	cd $(UI) && npm ci
	@touch $@

$(PAGES): $(DEPS) $(shell find $(UI)/src $(UI)/public -type f) $(UI)/index.html $(UI)/package.json $(wildcard $(UI)/*.config.js)
	cd $(UI) && npm run build

# Types, helpers and weight of the pages.
pages: $(PAGES)
	cd $(UI) && npm run check && npm run unit && node budget.js

# Two real nodes, a browser, every page in both themes and three widths;
# pictures of them in build/shots.
walk: $(PAGES) chromium
	cd $(UI) && npm run walk

# As root on Debian it can be had; elsewhere it has to be there.
chromium:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && apt-get update && apt-get install -y --no-install-recommends chromium; }

test: check pages
	$(GO) test -timeout 15m $(PURE)
	$(GO) test -timeout 10m ./cmd/coppice -run '^TestStories$$|$(DEMOS)'
	$(GO) test -race -timeout 20m -skip '^TestStories$$/^($(ALONE))$$|$(DEMOS)' $(RACED)
	@if $(MAKE) --no-print-directory chromium; then $(MAKE) walk; \
	else echo "The pages were NOT walked through: there is no Chromium, and it cannot be installed."; fi

# More worlds than `make test` has time for: make sim SEEDS=20000
sim:
	$(GO) test ./node/replica -run 'TestSim' -count=1 -timeout 0 -seeds $(SEEDS)

# Every decoder for TIME: make fuzz TIME=10m
fuzz:
	@for package in $$($(GO) list ./...); do \
	  for target in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
	    echo "$$package $$target"; \
	    $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(TIME) $$package || exit 1; \
	  done; \
	done

# More of what a removed member may try than `make test` has time for, with
# progress every million: make probes PROBES=1000000 COPPICE_SEED=7
probes:
	COPPICE_PROBES=$(PROBES) $(GO) test ./protocol/membership -run '^TestBackDatingProbe$$' -count=1 -timeout 0 -v

bench:
	$(GO) test -run '^$$' -bench . -benchmem ./...
