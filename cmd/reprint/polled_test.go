package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// TestPolledUnreadable: what cannot be read or written is an error that names the file, and what was polled since is kept in mind.
func TestPolledUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "polls.jsonl", "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	p := newPolled(dir)
	if _, err := p.Polls(); err == nil || !strings.Contains(err.Error(), "polls.jsonl") {
		t.Errorf("reading: %v", err)
	}
	if err := p.RememberPoll("weekly", cache.Poll{URL: "u"}); err == nil || !strings.Contains(err.Error(), "polls.jsonl") {
		t.Errorf("writing: %v", err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "polls.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := p.RememberPoll("hill", cache.Poll{URL: "u"}); err != nil {
		t.Error(err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if last, err := newPolled(dir).Polls(); err != nil || len(last) != 2 {
		t.Errorf("afterwards: %v, %v", last, err)
	}
}
