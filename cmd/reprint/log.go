package main

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"sync"
	"time"
)

// flushEvery is how long a log line may wait for others before it is written.
const flushEvery = 200 * time.Millisecond

// newLog makes the log: text for people at a terminal, one JSON object a line for all
// others. Lines are gathered and written together, because a write for each request would
// cost more than the request. The returned function writes what is left.
func newLog(ctx context.Context, p *process) (*slog.Logger, func()) {
	w := &lineWriter{to: bufio.NewWriterSize(p.stderr, 64<<10)}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { w.flushAlong(ctx) })
	done := func() {
		cancel()
		wg.Wait()
	}
	if p.terminal {
		return slog.New(slog.NewTextHandler(w, nil)), done
	}
	return slog.New(slog.NewJSONHandler(w, nil)), done
}

// lineWriter gathers lines.
type lineWriter struct {
	mu sync.Mutex
	to *bufio.Writer
}

// Write adds a line.
func (w *lineWriter) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(line)
}

func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.to.Flush() // nobody is left to tell that the log cannot be written
}

func (w *lineWriter) flushAlong(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	defer w.flush()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			w.flush()
		}
	}
}

var _ io.Writer = (*lineWriter)(nil)
