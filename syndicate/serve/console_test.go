package serve_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// TestConsoleTellsOfWithdrawals: the operator sees which servers there are, what was withdrawn last and why.
func TestConsoleTellsOfWithdrawals(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item)
	m := join(t, "server-a", store, new(notebook))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights","note":"letter <17>"}`, item.ID)); status != 200 {
		t.Fatal(status, ack)
	}
	for path, want := range map[string]int{"/api/withdrawals/1": 200, "/api/withdrawals/99999": 404, "/api/withdrawals/0": 404, "/api/withdrawals/x": 404, "/api/withdrawals?after=x": 400} {
		if w := m.operator(path); w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	page := m.operator("/console").Body.String()
	for _, want := range []string{"<b>server-a</b>", "item:" + item.ID, "<td>rights</td>", "letter &lt;17&gt;"} {
		if !strings.Contains(page, want) {
			t.Errorf("the console lacks %q:\n%s", want, page)
		}
	}
}

// silentDesk is a store that stops to tell what the console asks for.
type silentDesk struct {
	cache.Store
	silent atomic.Bool
}

func (s *silentDesk) Holders(ctx context.Context) (map[string]string, error) {
	if s.silent.Load() {
		<-ctx.Done()
		return nil, cache.ErrUnavailable
	}
	return s.Store.Holders(ctx)
}

func (s *silentDesk) OpenComplaints(ctx context.Context) ([]claim.Claim, error) {
	if s.silent.Load() {
		return nil, cache.ErrUnavailable
	}
	return s.Store.OpenComplaints(ctx)
}

// TestConsoleInAnOutage: while the store does not answer, the operator sees what this server knows by itself, and what is
// left out.
func TestConsoleInAnOutage(t *testing.T) {
	t.Parallel()
	store := &silentDesk{Store: onSQLite(t)}
	item := story("weekly", 1)
	fill(t, store, item)
	m := join(t, "server-a", store, new(notebook))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID)); status != 200 {
		t.Fatal(status, ack)
	}
	store.silent.Store(true)
	w := m.operator("/console")
	page := w.Body.String()
	for _, want := range []string{"item:" + item.ID, "this is not shown: sources, servers, claims", "<h2>Channels</h2>"} {
		if w.Code != 200 || !strings.Contains(page, want) {
			t.Errorf("%d, and the console lacks %q:\n%s", w.Code, want, page)
		}
	}
	for _, not := range []string{"<h2>Sources</h2>", "/claims/new", "feeds.opml"} {
		if strings.Contains(page, not) {
			t.Errorf("the console has %q", not)
		}
	}
}
