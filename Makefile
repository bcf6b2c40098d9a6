# Everything a developer runs. `make help` lists it.

GO      ?= go
TIMEOUT ?= 10m
VERBOSE ?=

.PHONY: help demo build test check lint generate bench corpus xss manners fuzz chaos mutants

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: ## run the whole service on its own newsroom
	$(GO) run ./cmd/reprint demo

build: ## build the one binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o bin/reprint ./cmd/reprint

test: needs ## install what the tests need, then run them all (lint does what vet would)
	$(GO) test $(VERBOSE) -vet=off -race -shuffle=on -timeout $(TIMEOUT) ./...

check: lint ## what CI checks besides the tests
	@sh .ci/check

lint: ## gofmt, go vet, staticcheck
	@sh .ci/lint

generate: ## write the reference pages that come from code
	$(GO) test ./cmd/reprint/config -run TestReference -update

bench: ## measure against nginx and varnish, and print a table
	@sh .ci/bench

corpus: ## read a large collection of feeds and print what was compared (CORPUS=dir)
	CORPUS=$(CORPUS) $(GO) test -run TestCorpus -v ./feeds/normalize

xss: ## show every attack of a collection in a browser, after it went in and out (CORPUS=dir)
	CORPUS=$(CORPUS) $(GO) test -run TestVectorsInBrowser -v ./cmd/reprint

manners: ## poll ten thousand feeds for thirty simulated days, and print what their publishers say
	MANNERS_FEEDS=10000 MANNERS_DAYS=30 $(GO) test -run TestManners -v -timeout 30m ./feeds/ingest

fuzz: ## run every fuzz target for a short while
	@sh .ci/fuzz

chaos: needs ## withdraw thousands of stories from three servers while everything fails around them (CHAOS_SEED=n repeats a run)
	CHAOS_WITHDRAWALS=$(or $(CHAOS_WITHDRAWALS),3000) CHAOS_SECONDS=$(or $(CHAOS_SECONDS),300) \
		$(GO) test -run TestChaos -v -timeout 60m ./cmd/reprint/chaos

mutants: ## break the guard and the reading of credits in small ways, and tell what no test notices
	$(GO) run ./.ci/mutants feeds/fetch/guard.go feeds/fetch/client.go feeds/fetch/link.go -- ./feeds/fetch
	$(GO) run ./.ci/mutants feeds/normalize/credit.go feeds/normalize/credit_english.go feeds/normalize/caption.go \
		feeds/normalize/line.go feeds/normalize/line_english.go feeds/normalize/person.go feeds/normalize/phrase.go -- ./feeds/normalize .
	$(GO) run ./.ci/mutants syndicate/credit.go syndicate/picture.go -- ./syndicate .

.PHONY: needs
needs:
	@sh .ci/needs redis-server nginx prlimit
