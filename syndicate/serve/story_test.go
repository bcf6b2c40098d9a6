package serve_test

import (
	"io"
	"strings"
	"testing"

	"reprint/feeds"
)

// TestOriginalWins: a channel shows a story once, as its original, and notes where else it
// was seen; a story whose original is withheld is not freed by a copy.
func TestOriginalWins(t *testing.T) {
	t.Parallel()
	store := newMemory()
	copyOf := func(i feeds.Item, source string) feeds.Item {
		i.Source, i.Title = source, "转载"
		i.ID, i.URI = feeds.NewID(source, i.URI), i.URI+":copy"
		return i
	}
	own, inner := story("weekly", 1), story("inner", 2)
	store.put(copyOf(own, "hill"), own, copyOf(inner, "hill"), inner)
	f := newFixtureOn(t, store, atNoon, io.Discard)
	for _, kind := range []string{".rss", ".atom", ".json", ""} {
		got := f.get("/feeds/top" + kind).Body.String()
		if n := strings.Count(got, "转载</") + strings.Count(got, `"转载"`); n != 0 {
			t.Errorf("%s shows a copy:\n%s", kind, got)
		}
		if !strings.Contains(got, "Hill Commons") {
			t.Errorf("%s does not say where else the story was seen:\n%s", kind, got)
		}
		if strings.Contains(got, "inner.example") {
			t.Errorf("%s shows what its original withholds:\n%s", kind, got)
		}
	}
	if got := f.get("/feeds/hill.json").Body.String(); !strings.Contains(got, "转载") {
		t.Errorf("a channel without the original lacks the copy:\n%s", got)
	}
}
