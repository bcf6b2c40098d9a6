package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

// recoverWithin is how long everything may take to be well again by itself after the last fault.
const recoverWithin = 60 * time.Second

// ready waits until all servers say that they are.
func (h *house) ready(t *testing.T) {
	t.Helper()
	waitFor(t, "all servers are ready", recoverWithin, h.lives)
}

// lives tells whether all servers say that they are ready.
func (h *house) lives() bool {
	return !slices.ContainsFunc(h.servers, func(s *server) bool {
		code, _ := status("http://" + s.admin + "/readyz")
		return code != http.StatusOK
	})
}

// status is what a server says of an address.
func status(address string) (int, []byte) {
	client := http.Client{Timeout: 10 * time.Second}
	response, err := client.Get(address)
	if err != nil {
		return 0, nil
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, nil
	}
	return response.StatusCode, body
}

// missing are the stories that a server does not answer for as it has to: those that were withdrawn with 410, and the
// others with a page.
func (s *server) missing(stories []story, gone func(int) bool) []string {
	var list []string
	for _, one := range stories {
		want := http.StatusOK
		if gone(one.n) {
			want = http.StatusGone
		}
		if got, _ := status("http://" + s.public + "/items/" + one.id); got != want {
			list = append(list, fmt.Sprintf("server %s answers %d for story %d (%s), not %d", s.name, got, one.n, one.id, want))
		}
	}
	return list
}

// whole waits until all servers answer for all stories as they have to. What a store has lost comes back when its source
// is polled the next time, and that is not before its time.
func (h *house) whole(t *testing.T, p *publishers, b *book) {
	t.Helper()
	gone := func(n int) bool { return b.gone[n].Load() != 0 }
	for deadline := time.Now().Add(pollEvery + pollEvery/2); time.Now().Before(deadline); time.Sleep(time.Second) {
		if !slices.ContainsFunc(h.servers, func(s *server) bool { return len(s.missing(p.stories, gone)) > 0 }) {
			return
		}
	}
}

// judgement is what a run showed.
type judgement struct {
	lost, odd []string
}

func (j *judgement) lose(format string, args ...any) {
	j.lost = append(j.lost, fmt.Sprintf(format, args...))
}

// judge looks at everything once it is well again, and ends the servers.
func judge(t *testing.T, h *house, p *publishers, b *book, follower *partner) *judgement {
	t.Helper()
	j := new(judgement)
	gone := func(n int) bool { return b.gone[n].Load() != 0 }
	for _, s := range h.servers {
		j.lost = append(j.lost, s.missing(p.stories, gone)...)
		j.feeds(s, gone)
	}
	j.withdrawals(t, h, p, gone)
	j.copies(t, h, p, gone, follower)
	j.ledgers(t, h, p, b, gone)
	return j
}

// feeds looks for stories that are gone in the feeds.
func (j *judgement) feeds(s *server, gone func(int) bool) {
	for _, path := range paths {
		code, body := status("http://" + s.public + path)
		if code != http.StatusOK {
			j.odd = append(j.odd, fmt.Sprintf("server %s answers %d for %s", s.name, code, path))
		}
		for _, n := range marksIn(body) {
			if gone(n) {
				j.odd = append(j.odd, fmt.Sprintf("server %s shows story %d in %s", s.name, n, path))
			}
		}
	}
}

// withdrawals looks for each withdrawal in the store.
func (j *judgement) withdrawals(t *testing.T, h *house, p *publishers, gone func(int) bool) {
	t.Helper()
	down := make(map[string]bool)
	for after := int64(0); ; {
		code, body := status(fmt.Sprintf("http://%s/api/withdrawals?after=%d", h.servers[0].admin, after))
		var page []syndicate.Withdrawal
		if err := json.Unmarshal(body, &page); code != http.StatusOK || err != nil {
			t.Fatalf("withdrawals after %d: %d %v", after, code, err)
		}
		for _, w := range page {
			down[w.Target.Item()], after = !w.Reinstated, w.Epoch
		}
		if len(page) == 0 {
			break
		}
	}
	for _, s := range p.stories {
		if gone(s.n) != down[s.id] {
			j.lose("the store does not have story %d as it was left: withdrawn %v", s.n, gone(s.n))
		}
	}
}

// copies compares what partners hold with what they have to hold: the one who followed, and one who comes now.
func (j *judgement) copies(t *testing.T, h *house, p *publishers, gone func(int) bool, follower *partner) {
	t.Helper()
	var want []string
	for _, s := range p.stories {
		if !gone(s.n) {
			want = append(want, s.id)
		}
	}
	slices.Sort(want)
	for name, one := range map[string]*partner{"who followed": follower, "who comes now": newPartner(t, h, t.TempDir())} {
		if err := one.pull(context.Background()); err != nil {
			j.lose("the partner %s cannot pull: %v", name, err)
			continue
		}
		has := one.has(t)
		for _, id := range has {
			if _, ok := slices.BinarySearch(want, id); !ok {
				j.odd = append(j.odd, fmt.Sprintf("the partner %s still has %s", name, id))
			}
		}
		for _, id := range want {
			if !slices.Contains(has, id) {
				j.lose("the partner %s does not have %s", name, id)
			}
		}
	}
}

// ledgers ends the servers and reads their ledgers: each is whole, holds every withdrawal and every receipt.
func (j *judgement) ledgers(t *testing.T, h *house, p *publishers, b *book, gone func(int) bool) {
	t.Helper()
	for _, s := range h.servers {
		s.term()
		dir := filepath.Join(s.dir, "ledger")
		report, err := ledger.Verify(dir, "")
		if err != nil {
			j.lose("the ledger of server %s: %v", s.name, err)
			continue
		}
		l, err := ledger.Open(dir, ledger.Options{Name: "chaos"})
		if err != nil {
			j.lose("the ledger of server %s: %v", s.name, err)
			continue
		}
		if last := b.lastReceipt(l.ID()); last >= report.Entries {
			j.lose("the ledger of server %s ends at %d, but a receipt says %d", s.name, report.Entries, last)
		}
		down := j.recorded(t, dir, l.Size())
		for _, one := range p.stories {
			if gone(one.n) != down[one.id] {
				j.lose("the ledger of server %s does not have story %d as it was left", s.name, one.n)
			}
		}
		if err := l.Close(); err != nil {
			j.lose("the ledger of server %s: %v", s.name, err)
		}
	}
}

// problems prints the end of each server's log when something is wrong, and looks for what must never be there.
func (h *house) problems(t *testing.T) {
	t.Helper()
	for _, s := range h.servers {
		text, err := os.ReadFile(filepath.Join(s.dir, "log"))
		if err != nil {
			t.Error(err)
			continue
		}
		if strings.Contains(string(text), "panic:") || strings.Contains(string(text), "fatal error:") {
			t.Errorf("server %s crashed", s.name)
		}
		if keep := os.Getenv("CHAOS_LOGS"); keep != "" {
			err = errors.Join(os.MkdirAll(keep, 0o700), os.WriteFile(filepath.Join(keep, s.name+".log"), text, 0o600))
			if err != nil {
				t.Error(err)
			}
		}
	}
}

// recorded reads from a ledger what is down, by item: the entry with the greatest epoch counts.
func (j *judgement) recorded(t *testing.T, dir string, size int64) map[string]bool {
	t.Helper()
	last := make(map[string]syndicate.Withdrawal)
	if err := ledger.NewTail(dir).Read(size, func(e ledger.Entry) error {
		if w := e.Withdrawn; w != nil && w.Epoch >= last[w.Target.Item()].Epoch {
			last[w.Target.Item()] = *w
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
	down := make(map[string]bool)
	for id, w := range last {
		down[id] = !w.Reinstated
	}
	return down
}
