# The two commands are `make run` and `make test`. What runs longer has a
# target of its own, with bounded defaults.
GO    ?= go
SEEDS ?= 5000
TIME  ?= 60s
# What a removed member may try, back-dated, before `make probes` is content.
PROBES ?= 30000000

# The pure floors start no goroutine and hold no lock (the floors test sees to
# it), so the race detector has nothing to find there.
PURE  = ./crdt/... ./protocol/... ./node/envelope ./node/domain ./node/community ./node/practice ./node/replica
RACED = ./cmd/... ./node ./node/api ./node/network ./node/store ./node/view ./node/web

.PHONY: run build test check sim fuzz probes bench

run:
	$(GO) run ./cmd/coppice up

build:
	$(GO) build -trimpath -o build/coppice ./cmd/coppice

check:
	@unformatted="$$(gofmt -l cmd crdt node protocol)"; \
	if [ -n "$$unformatted" ]; then echo "gofmt these files:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...

test: check
	$(GO) test -timeout 15m $(PURE)
	$(GO) test -race -timeout 20m $(RACED)

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
