package chaos

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/cmd/reprint/pull"
)

// partner follows the changes through it all, as a partner site does.
type partner struct {
	dir    string
	client *pull.Client
	pulls  int
}

func newPartner(t *testing.T, h *house, dir string) *partner {
	t.Helper()
	c := pull.NewClient(h.front, h.token)
	c.HTTP.Timeout = 10 * time.Second
	return &partner{dir: dir, client: c}
}

// follow pulls until ctx ends. A pull that fails is begun anew, by a new process that knows what is on the disk.
func (p *partner) follow(ctx context.Context) {
	for ctx.Err() == nil {
		bounded, cancel := context.WithTimeout(ctx, 20*time.Second)
		if p.pull(bounded) == nil {
			p.pulls++
		}
		cancel()
		time.Sleep(200 * time.Millisecond)
	}
}

func (p *partner) pull(ctx context.Context) error {
	dir, err := pull.OpenDir(p.dir)
	if err != nil {
		return err
	}
	_, err = pull.Once(ctx, p.client, dir, pull.Options{})
	return err
}

// has returns the ids of the items that the partner shows.
func (p *partner) has(t *testing.T) []string {
	t.Helper()
	files, err := os.ReadDir(filepath.Join(p.dir, "items"))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, f := range files {
		if id, ok := strings.CutSuffix(f.Name(), ".html"); ok {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// settle pulls until there is nothing new.
func (p *partner) settle(t *testing.T) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(recoverWithin); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if err = p.pull(t.Context()); err == nil {
			return
		}
	}
	t.Errorf("the partner who followed cannot pull: %v", err)
}
