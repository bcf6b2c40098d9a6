package ingest_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"reprint/cache/sqlite"
	"reprint/feeds/fetch"
	"reprint/feeds/ingest"
)

// moving is a publisher whose feed moved for good.
type moving struct{ asked []string }

func (m *moving) Get(_ context.Context, r fetch.Request) (fetch.Response, error) {
	m.asked = append(m.asked, r.URL)
	const to = "https://news.example/new.xml"
	return fetch.Response{URL: to, Permanent: r.URL != to, Status: 200, Documents: []fetch.Document{{Name: to, Body: []byte(`<rss version="2.0"><channel><title>T</title><item><guid>1</guid><title>One</title></item></channel></rss>`)}}}, nil
}

// TestMoveIsToldOnce: the poll that adopts a new address says so, and no other.
func TestMoveIsToldOnce(t *testing.T) {
	t.Parallel()
	store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	publisher := new(moving)
	g := ingest.New(ingest.Options{Fetch: publisher, Store: store, Authority: "news.example,2026", Now: func() time.Time { return now }})
	told := 0
	for range 8 {
		o := g.Once(t.Context(), ingest.Source{ID: "s", Name: "S", Home: "https://news.example/", Feed: "https://news.example/old.xml"})
		if o.Err != nil {
			t.Fatal(o.Err)
		}
		if o.MovedTo != "" {
			told++
			if o.MovedFrom != "https://news.example/old.xml" || o.MovedTo != "https://news.example/new.xml" {
				t.Errorf("moved from %q to %q", o.MovedFrom, o.MovedTo)
			}
		}
		now = now.Add(24 * time.Hour)
	}
	if told != 1 || publisher.asked[0] != "https://news.example/old.xml" || publisher.asked[7] != "https://news.example/new.xml" {
		t.Errorf("told %d times; asked at %q", told, publisher.asked)
	}
}
