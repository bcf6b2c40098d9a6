package main

import (
	"log/slog"
	"sync"

	"reprint/feeds/ingest"
)

// progress tells how far the first round of polls has come, so that a start with many
// sources is not silent.
type progress struct {
	log     *slog.Logger
	mu      sync.Mutex
	waiting map[string]bool
	all     int
	failed  int
}

func newProgress(log *slog.Logger, sources []ingest.Source) *progress {
	p := &progress{log: log, waiting: make(map[string]bool), all: len(sources)}
	for _, s := range sources {
		p.waiting[s.ID] = true
	}
	return p
}

// polled notes a poll. It tells of the first round at each tenth of it, and at its end.
func (p *progress) polled(o ingest.Outcome) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.waiting[o.Source] {
		return
	}
	delete(p.waiting, o.Source)
	if o.Err != nil {
		p.failed++
	}
	done := p.all - len(p.waiting)
	if step := max(p.all/10, 1); len(p.waiting) == 0 || p.all >= 20 && done%step == 0 {
		p.log.Info("first polls", "done", done, "of", p.all, "failed", p.failed)
	}
}
