package ingest

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"reprint/cache"
	"reprint/feeds/parse"
)

// tuesday is a moment of a Tuesday.
var tuesday = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func header(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func TestNext(t *testing.T) {
	t.Parallel()
	web := Source{ID: "s", Feed: "https://a.example/f"}
	often := Source{ID: "s", Feed: web.Feed, Every: 5 * time.Minute}
	contract := Source{ID: "s", Feed: web.Feed, Every: 5 * time.Minute, IgnoreHints: true}
	const day = 24 * time.Hour
	for _, tt := range []struct {
		name   string
		source Source
		answer Answer
		want   time.Duration
	}{
		{"an hour by default", web, Answer{}, time.Hour},
		{"a file every minute", Source{ID: "s", Feed: "feeds"}, Answer{}, time.Minute},
		{"the operator's word", often, Answer{}, 5 * time.Minute},
		{"max-age lengthens", web, Answer{Header: header("Cache-Control", "public, max-age=7200")}, 2 * time.Hour},
		{"max-age lengthens the operator's word", often, Answer{Header: header("Cache-Control", "max-age=7200")}, 2 * time.Hour},
		{"max-age less age", web, Answer{Header: header("Cache-Control", "max-age=7200", "Age", "1800")}, 90 * time.Minute},
		{"max-age does not shorten", web, Answer{Header: header("Cache-Control", "max-age=60")}, time.Hour},
		{"max-age goes before Expires", web, Answer{Header: header("Cache-Control", "max-age=60", "Expires", "Tue, 10 Mar 2026 18:00:00 GMT")}, time.Hour},
		{"a day at most", web, Answer{Header: header("Cache-Control", "max-age=31536000")}, day},
		{"Expires", web, Answer{Header: header("Expires", "Tue, 10 Mar 2026 18:00:00 GMT")}, 6 * time.Hour},
		{"Expires against its Date", web, Answer{Header: header("Expires", "Tue, 10 Mar 2026 18:00:00 GMT", "Date", "Tue, 10 Mar 2026 15:00:00 GMT")}, 3 * time.Hour},
		{"Expires less age", web, Answer{Header: header("Expires", "Tue, 10 Mar 2026 18:00:00 GMT", "Date", "Tue, 10 Mar 2026 12:00:00 GMT", "Age", "3600")}, 5 * time.Hour},
		{"nonsense is ignored", web, Answer{Header: header("Cache-Control", "max-age=soon", "Expires", "0", "Age", "-9")}, time.Hour},
		{"the document's pace", web, Answer{Pace: cache.Pace{Least: 3 * time.Hour}}, 3 * time.Hour},
		{"the document's pace is a day at most", web, Answer{Pace: cache.Pace{Least: 30 * day}}, day},
		{"hints also hold after errors", web, Answer{Header: header("Cache-Control", "max-age=14400"), Status: 404, Failures: 1}, 4 * time.Hour},
		{"Retry-After holds", web, Answer{RetryAfter: 30 * time.Hour}, 30 * time.Hour},
		{"Retry-After a week at most", web, Answer{RetryAfter: 9000 * time.Hour}, 7 * day},
		{"a contract", contract, Answer{Header: header("Cache-Control", "max-age=7200"), Pace: cache.Pace{Least: time.Hour, SkipHours: []int{12}}}, 5 * time.Minute},
		{"Retry-After holds against a contract", contract, Answer{RetryAfter: 2 * time.Hour}, 2 * time.Hour},
		{"first failure", web, Answer{Failures: 1}, time.Hour},
		{"third failure", web, Answer{Failures: 3}, 4 * time.Hour},
		{"many failures", web, Answer{Failures: 1000}, day},
		{"429 without a time", often, Answer{Status: 429, Failures: 1}, time.Hour},
		{"503 again", often, Answer{Status: 503, Failures: 2}, 2 * time.Hour},
		{"503 with a time", often, Answer{Status: 503, Failures: 1, RetryAfter: 10 * time.Minute}, 10 * time.Minute},
		{"not found for six days", web, Answer{Status: 404, Failures: 20, Failing: 6 * day}, day},
		{"not found for a week", web, Answer{Status: 404, Failures: 20, Failing: 7 * day}, 7 * day},
	} {
		got := Next(tuesday, tt.source, tt.answer).Sub(tuesday)
		if got < tt.want || got > tt.want+tt.want/10 {
			t.Errorf("%s: %v, want %v and up to a tenth more", tt.name, got, tt.want)
		}
	}
	if a, b := Next(tuesday, web, Answer{}), Next(tuesday, web, Answer{}); !a.Equal(b) {
		t.Error("the same poll has two next moments")
	}
}

// TestSkip: no poll falls into an hour or a day that the publisher excludes.
func TestSkip(t *testing.T) {
	t.Parallel()
	at := func(day, hour int) time.Time { return time.Date(2026, 3, day, hour, 0, 0, 0, time.UTC) }
	all := make([]int, 24)
	for i := range all {
		all[i] = i
	}
	for _, tt := range []struct {
		name string
		pace cache.Pace
		want time.Time // and up to six minutes more
	}{
		{"nothing", cache.Pace{}, at(10, 13)},
		{"another hour", cache.Pace{SkipHours: []int{11}}, at(10, 13)},
		{"this hour", cache.Pace{SkipHours: []int{13}}, at(10, 14)},
		{"until midnight", cache.Pace{SkipHours: all[13:]}, at(11, 0)},
		{"this day", cache.Pace{SkipDays: []time.Weekday{time.Tuesday}}, at(11, 0)},
		{"this day and the next morning", cache.Pace{SkipDays: []time.Weekday{time.Tuesday}, SkipHours: all[:7]}, at(11, 7)},
		{"always", cache.Pace{SkipHours: all}, at(10, 13)},
	} {
		got := Next(tuesday, Source{ID: "s", Feed: "https://a.example/"}, Answer{Pace: tt.pace})
		if got.Before(tt.want) || got.After(tt.want.Add(6*time.Minute)) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	shanghai := time.FixedZone("CST", 8*3600)
	if got := awake(at(10, 13).In(shanghai), cache.Pace{SkipHours: []int{13}}, 0); !got.Equal(at(10, 14)) {
		t.Errorf("hours are UTC: %v", got)
	}
}

func TestPaceOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		hints parse.Hints
		want  cache.Pace
	}{
		{parse.Hints{}, cache.Pace{}},
		{parse.Hints{TTL: " 180 "}, cache.Pace{Least: 3 * time.Hour}},
		{parse.Hints{TTL: "-5", UpdatePeriod: "often"}, cache.Pace{}},
		{parse.Hints{TTL: "99999999999999999999"}, cache.Pace{}},
		{parse.Hints{UpdatePeriod: "Daily"}, cache.Pace{Least: 24 * time.Hour}},
		{parse.Hints{UpdatePeriod: "daily", UpdateFrequency: "4"}, cache.Pace{Least: 6 * time.Hour}},
		{parse.Hints{UpdatePeriod: "hourly", UpdateFrequency: "0"}, cache.Pace{Least: time.Hour}},
		{parse.Hints{TTL: "60", UpdatePeriod: "weekly"}, cache.Pace{Least: 7 * 24 * time.Hour}},
		{
			parse.Hints{SkipHours: []string{"24", "3", " 3", "25", "x"}, SkipDays: []string{"sunday", "Sunday ", "Funday"}},
			cache.Pace{SkipHours: []int{0, 3}, SkipDays: []time.Weekday{time.Sunday}},
		},
	} {
		got := paceOf(tt.hints)
		if got.Least != tt.want.Least || !slices.Equal(got.SkipHours, tt.want.SkipHours) || !slices.Equal(got.SkipDays, tt.want.SkipDays) {
			t.Errorf("%+v: %+v, want %+v", tt.hints, got, tt.want)
		}
	}
}
