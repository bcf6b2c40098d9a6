package ingest

import (
	"net/http"
	"testing"
	"time"

	"reprint/feeds/fetch"
	"reprint/feeds/parse"
)

func TestNext(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Add(pairs[i], pairs[i+1])
		}
		return h
	}
	web := Source{ID: "s", Feed: "https://a.example/f"}
	tests := []struct {
		name     string
		source   Source
		response fetch.Response
		hints    parse.Hints
		failures int
		want     time.Duration
	}{
		{"an hour by default", web, fetch.Response{}, parse.Hints{}, 0, time.Hour},
		{"a file every minute", Source{ID: "s", Feed: "feeds"}, fetch.Response{}, parse.Hints{}, 0, time.Minute},
		{"the operator's word", Source{ID: "s", Feed: web.Feed, Every: 5 * time.Minute}, fetch.Response{}, parse.Hints{}, 0, 5 * time.Minute},
		{"max-age lengthens", web, fetch.Response{Header: header("Cache-Control", "public, max-age=7200")}, parse.Hints{}, 0, 2 * time.Hour},
		{"max-age less age", web, fetch.Response{Header: header("Cache-Control", "max-age=7200", "Age", "1800")}, parse.Hints{}, 0, 90 * time.Minute},
		{"max-age does not shorten", web, fetch.Response{Header: header("Cache-Control", "max-age=60")}, parse.Hints{}, 0, time.Hour},
		{"a day at most", web, fetch.Response{Header: header("Cache-Control", "max-age=31536000")}, parse.Hints{}, 0, 24 * time.Hour},
		{"Expires against its Date", web, fetch.Response{Header: header("Expires", "Tue, 10 Mar 2026 18:00:00 GMT", "Date", "Tue, 10 Mar 2026 15:00:00 GMT")}, parse.Hints{}, 0, 3 * time.Hour},
		{"nonsense is ignored", web, fetch.Response{Header: header("Cache-Control", "max-age=soon", "Expires", "0")}, parse.Hints{TTL: "-5"}, 0, time.Hour},
		{"ttl", web, fetch.Response{}, parse.Hints{TTL: " 180 "}, 0, 3 * time.Hour},
		{"Retry-After holds", web, fetch.Response{RetryAfter: 30 * time.Hour}, parse.Hints{}, 0, 30 * time.Hour},
		{"Retry-After a week at most", web, fetch.Response{RetryAfter: 9000 * time.Hour}, parse.Hints{}, 0, 7 * 24 * time.Hour},
		{"first failure", web, fetch.Response{}, parse.Hints{}, 1, time.Hour},
		{"third failure", web, fetch.Response{}, parse.Hints{}, 3, 4 * time.Hour},
		{"many failures", web, fetch.Response{}, parse.Hints{}, 1000, 24 * time.Hour},
	}
	for _, tt := range tests {
		got := Next(now, tt.source, tt.response, tt.hints, tt.failures).Sub(now)
		if got < tt.want || got > tt.want+tt.want/10 {
			t.Errorf("%s: %v, want %v and up to a tenth more", tt.name, got, tt.want)
		}
	}
	if a, b := Next(now, web, fetch.Response{}, parse.Hints{}, 0), Next(now, web, fetch.Response{}, parse.Hints{}, 0); !a.Equal(b) {
		t.Error("the same poll has two next moments")
	}
}
