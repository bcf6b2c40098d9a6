package serve_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
)

// TestManyPicturesOnTheRecord: pages of changes, feeds and archives can be put on the record though the addresses of
// their pictures alone would be too long for an entry.
func TestManyPicturesOnTheRecord(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var items []feeds.Item
	for n := range 30 {
		i := article(n)
		i.Published = noon.Add(-time.Duration(n) * time.Minute)
		for p := range 40 {
			address := fmt.Sprintf("https://img.example/%d/%d/%s.jpg", n, p, strings.Repeat("tower-", 300))
			i.Body = append(i.Body, feeds.Part{Picture: &feeds.Picture{URL: address, Medium: "image", Credit: "清河周刊网记者李明摄"}})
		}
		i.Revision = i.Digest()
		items = append(items, i)
	}
	o.put(t, items...)
	for _, path := range []string{"/partner/changes", "/partner/changes?limit=500", "/feeds/top.rss", "/feeds/top/archive/2026-03-10.rss"} {
		if w := o.get(path, "zj/k1"); w.Code != 200 || w.Header().Get("Reprint-Receipt") == "" {
			t.Errorf("%s: %d %.300s", path, w.Code, w.Body)
		}
	}
}

// TestManyPicturesInOneOrder: one order about many pictures does not make a partner read the whole log for each of them, nor again what they are not about.
func TestManyPicturesInOneOrder(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var items []feeds.Item
	for n := range 20 {
		items = append(items, article(n))
	}
	o.put(t, items...)
	cursor := ""
	walk := func() (calls, told int) {
		for {
			w := o.get("/partner/changes?content=none&limit=10&after="+cursor, "zj/k1")
			var a struct {
				Changes []any
				Cursor  string
				More    bool
			}
			if err := json.Unmarshal(w.Body.Bytes(), &a); err != nil || w.Code != 200 {
				t.Fatal(w.Code, w.Body)
			}
			calls, told, cursor = calls+1, told+len(a.Changes), a.Cursor
			if !a.More || calls > 2000 {
				return calls, told
			}
		}
	}
	walk()
	var targets []string
	for n := range 40 { // of none of them
		targets = append(targets, fmt.Sprintf(`"picture:https://img.example/%d.jpg"`, n))
	}
	w := httptest.NewRecorder()
	o.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(fmt.Sprintf(`{"targets":[%s],"cause":"rights"}`, strings.Join(targets, ",")))))
	if calls, told := walk(); told > 0 || calls > 2 {
		t.Errorf("%d changes in %d calls about pictures that nobody has", told, calls)
	}
	shown := items[0].Pictures()[0].URL
	w = httptest.NewRecorder()
	o.Admin().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/api/withdrawals", strings.NewReader(fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, "picture:"+shown))))
	with := 0
	for _, i := range items {
		if i.Pictures()[0].URL == shown {
			with++
		}
	}
	if _, told := walk(); told != with || with == 0 {
		t.Errorf("%d changes about a picture that %d items have", told, with)
	}
	if _, told := walk(); told != 0 {
		t.Errorf("%d changes are told again", told)
	}
}
