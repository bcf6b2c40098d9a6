package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"reprint/cache"
)

// polled remembers in a file of this server's data directory when it polled what: a line for each time, of which the last
// of a source counts. It implements ingest.Memory.
type polled struct {
	path string

	mu    sync.Mutex
	file  *os.File
	last  map[string]cache.Poll
	lines int
}

type polledLine struct {
	Source string     `json:"source"`
	Poll   cache.Poll `json:"poll"`
}

func newPolled(data string) *polled {
	return &polled{path: filepath.Join(data, "polls.jsonl"), last: make(map[string]cache.Poll)}
}

// Polls implements ingest.Memory. A line that is not whole is one that was being written when the process ended.
func (p *polled) Polls() (map[string]cache.Poll, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text, err := os.ReadFile(p.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	p.last = make(map[string]cache.Poll)
	for line := range bytes.Lines(text) {
		var l polledLine
		if json.Unmarshal(line, &l) == nil {
			p.last[l.Source] = l.Poll
		}
	}
	return p.last, p.rewrite()
}

// spareLines is how many lines there may be besides twice as many as there are sources.
const spareLines = 1000

// RememberPoll implements ingest.Memory.
func (p *polled) RememberPoll(source string, poll cache.Poll) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last[source] = poll
	if p.lines > 2*len(p.last)+spareLines || p.file == nil {
		return p.rewrite()
	}
	p.lines++
	return p.write(p.file, source, poll)
}

func (p *polled) write(f *os.File, source string, poll cache.Poll) error {
	text, err := json.Marshal(polledLine{source, poll})
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	return err
}

// rewrite leaves one line for each source. The lock is held.
func (p *polled) rewrite() error {
	if p.file != nil {
		_ = p.file.Close() // everything that was written is there
		p.file = nil
	}
	f, err := os.OpenFile(p.path+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for source, poll := range p.last {
		if err := p.write(f, source, poll); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	if err := os.Rename(p.path+".new", p.path); err != nil {
		return errors.Join(err, f.Close())
	}
	p.file, p.lines = f, len(p.last)
	return nil
}

// Close ends the remembering.
func (p *polled) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil
	}
	return p.file.Close()
}
