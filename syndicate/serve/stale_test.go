package serve_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestReplacementGoesToo: a text that stands for a withdrawn item is itself withdrawn with it, before anybody is told that it is.
func TestReplacementGoesToo(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := story("weekly", 1)
	fill(t, store, item, story("hill", 1))
	m := join(t, "a", store, new(notebook))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"correction","replacement":"the wrong word"}`, item.ID)); status != 200 {
		t.Fatal(status, ack)
	}
	eventually(t, "the replacement is shown", func() bool { return strings.Contains(m.get("/feeds/top.rss").Body.String(), "the wrong word") })
	m.store.slow.Store(int64(300 * time.Millisecond))
	if status, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal"}`, item.ID)); status != 200 {
		t.Fatal(status, ack)
	}
	for _, path := range surfaces {
		if w := m.get(path); strings.Contains(w.Body.String(), "the wrong word") {
			t.Errorf("%s has the replacement still", path)
		}
	}
}

// TestDateOfTheAnswer: who asks with the Date of the answer that it has, or with a clock that is ahead, is not told that nothing has
// changed when something was withdrawn within that second.
func TestDateOfTheAnswer(t *testing.T) {
	t.Parallel()
	f := newFixture(t, atNoon)
	modified, err := http.ParseTime(f.get("/feeds/top.rss").Header().Get("Last-Modified"))
	if err != nil {
		t.Fatal(err)
	}
	for after, want := range map[time.Duration]int{0: 304, time.Second: 200, time.Hour: 200, -time.Second: 200} {
		if w := f.get("/feeds/top.rss", "If-Modified-Since", modified.Add(after).Format(http.TimeFormat)); w.Code != want {
			t.Errorf("%v after Last-Modified: %d, want %d", after, w.Code, want)
		}
	}
}
