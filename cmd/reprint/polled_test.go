package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"reprint/cache"
)

// TestPolled: what was polled last is known to the next process, the end of which may be torn, and the file does not grow
// for ever.
func TestPolled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	for run := range 3 {
		p := newPolled(dir)
		before, err := p.Polls()
		if err != nil || run > 0 && (len(before) != 5 || !before["s4"].Last.Equal(at.Add(time.Duration(run)*time.Hour))) {
			t.Fatalf("run %d: %v, %v", run, before, err)
		}
		for n := range 3000 {
			if err := p.RememberPoll(fmt.Sprint("s", n%5), cache.Poll{URL: "u", Last: at.Add(time.Duration(run+1) * time.Hour)}); err != nil {
				t.Fatal(err)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(p.path); err != nil || info.Size() > 1_000_000 {
			t.Errorf("%d bytes, %v", info.Size(), err)
		}
		f, err := os.OpenFile(p.path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(`{"source":"s1","poll":{"URL":"torn`); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
}
