package serve_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"reprint/feeds"
)

// TestLinksToWithdrawnPicture: where a picture is withdrawn, the links to it in its stories go too, however they are spelled, and
// no others.
func TestLinksToWithdrawnPicture(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	for n, address := range []string{
		"https://img.example/a.jpg", "http://img.example/a.jpg", "https://img.example/a.jpg?utm_source=feed", "https://img.example/a.jpg#x", "https://IMG.example:443/a.jpg",
	} {
		i := story("hill", n)
		i.Body = append([]feeds.Part{{HTML: `<p><a href="` + address + `">in full</a>, <a href="https://img.example/b.jpg">another</a></p>`}}, i.Body...)
		i.Revision = i.Digest()
		fill(t, store, i)
	}
	m := join(t, "a", store, new(notebook))
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, "picture:https://img.example/a.jpg")); code != http.StatusOK {
		t.Fatal(code, ack)
	}
	for _, path := range []string{"/feeds/hill.rss", "/feeds/hill.json", "/feeds/hill.atom"} {
		body := strings.ToLower(m.get(path).Body.String())
		if n := strings.Count(body, "/a.jpg"); n > 0 {
			t.Errorf("%s leads to the picture %d times", path, n)
		}
		if strings.Count(body, "/b.jpg") < 5 || strings.Count(body, "in full") < 5 {
			t.Errorf("%s lacks other links, or the words of those that went:\n%s", path, body)
		}
	}
}
