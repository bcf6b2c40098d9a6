package serve_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/serve"
)

// noon is when the tests' time begins.
var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func house() syndicate.House {
	return syndicate.House{
		Site: syndicate.Site{
			Name: "清河周刊网", URL: "https://qinghe.example", Language: "zh-CN", Names: []string{"清河周刊网"}, StaffCredits: []string{"{house}记者{name}摄"},
			Contact: syndicate.Contact{Email: "rights@qinghe.example"}, ClaimDays: 30, UnknownOrigin: "pass-along",
		},
		Licenses: []syndicate.License{
			{ID: "house", Name: map[string]string{"zh": "版权所有"}, Reprint: syndicate.ReprintByAgreement, Public: syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 40, Pictures: syndicate.PicturesStaff}},
			{ID: "pass-along", Name: map[string]string{"zh": "转发"}, Disclaimer: true, Public: syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 30}},
			{ID: "cc", SPDX: "CC-BY-4.0", URL: "https://creativecommons.org/licenses/by/4.0/", Name: map[string]string{"en": "CC BY 4.0"}, Reprint: syndicate.ReprintFree, Public: syndicate.Grant{Text: syndicate.Full, Pictures: syndicate.PicturesCredited}},
			{ID: "closed", Name: map[string]string{"zh": "不公开"}},
		},
		Sources: []syndicate.Source{
			{ID: "weekly", Name: "清河周刊网", Home: "https://qinghe.example/", License: "house"},
			{ID: "hill", Name: "Hill Commons", Home: "https://hill.example/", License: "cc"},
			{ID: "inner", Name: "内部通讯", Home: "https://inner.example/", License: "closed"},
		},
		Channels: []syndicate.Channel{
			{ID: "top", Title: "清河要闻", Limit: 30},
			{ID: "weekly", Title: "周刊", Sources: []string{"weekly"}, Limit: 2},
			{ID: "hill", Title: "Hill", Sources: []string{"hill"}, Language: "en", Limit: 30},
		},
	}
}

func rules(t testing.TB, h syndicate.House) *syndicate.Rulebook {
	t.Helper()
	book, problems := syndicate.Compile(h)
	for _, p := range problems {
		t.Fatal(p)
	}
	return book
}

// story makes item n of a source.
func story(source string, n int) feeds.Item {
	picture := feeds.Picture{URL: "https://img.example/a.jpg", Medium: "image", Credit: "Jane Doe"}
	text := strings.Repeat("县城的老水塔修缮完工。", 10) + source // so that none is a copy of another source's
	i := feeds.Item{
		URI: fmt.Sprintf("tag:%s.example,2026:%d", source, n), Source: source, Link: fmt.Sprintf("https://%s.example/%d", source, n),
		Title: fmt.Sprintf("第%d条 <b> & 消息", n), Language: "zh", Published: noon.Add(-time.Duration(n) * time.Hour), FirstSeen: noon,
		Body: []feeds.Part{{HTML: "<p>" + text + "</p>"}, {Picture: &picture}}, Text: text,
	}
	i.ID = feeds.NewID(source, i.URI)
	i.Revision = i.Digest()
	return i
}

// fixture is a server over a store in memory.
type fixture struct {
	*serve.Server
	store *memory
}

func newFixture(t testing.TB, now func() time.Time) fixture {
	t.Helper()
	store := newMemory()
	store.put(story("weekly", 1), story("weekly", 2), story("weekly", 3), story("hill", 1), story("hill", 2), story("inner", 1))
	return newFixtureOn(t, store, now, io.Discard)
}

func newFixtureOn(t testing.TB, store *memory, now func() time.Time, log io.Writer) fixture {
	t.Helper()
	s, err := serve.New(serve.Options{
		Rules: rules(t, house()), Store: store, Now: now, Log: slog.New(slog.NewTextHandler(log, nil)), Metrics: prometheus.NewRegistry(), Version: "test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return fixture{Server: s, store: store}
}

func atNoon() time.Time { return noon }

// get asks the public listener. Headers are given as pairs.
func (f fixture) get(path string, headers ...string) *httptest.ResponseRecorder {
	return f.ask(http.MethodGet, path, headers...)
}

func (f fixture) ask(method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.Public().ServeHTTP(w, r)
	return w
}
