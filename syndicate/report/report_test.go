package report_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"reprint/cache"
	"reprint/syndicate"
	"reprint/syndicate/report"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

func TestPartners(t *testing.T) {
	t.Parallel()
	hourly := []time.Time{noon, noon.Add(-time.Hour), noon.Add(-2 * time.Hour), noon.Add(-5 * time.Hour)}
	tallies := []cache.Tally{
		{Partner: "gone", Pulls: 1, First: noon, Last: noon, Recent: hourly[:1]},
		{Partner: "zj", Pulls: 4, Items: 8, Full: 3, Excerpts: 5, Pictures: 2, First: noon.Add(-5 * time.Hour), Last: noon, Recent: hourly},
		{Partner: "zj", Source: "weekly", Pulls: 4, Items: 3, Full: 3, Pictures: 2, First: noon.Add(-5 * time.Hour), Last: noon},
	}
	house := syndicate.House{Partners: []syndicate.Partner{{ID: "qh", Name: "Q"}, {ID: "zj", Name: "Z"}}}
	for after, stale := range map[time.Duration]bool{2 * time.Hour: false, 2*time.Hour + 1: true} {
		got := report.Partners(house, tallies, noon.Add(after))
		if len(got) != 3 || got[0].ID != "qh" || got[1].ID != "zj" || got[2].ID != "gone" {
			t.Fatalf("%+v", got)
		}
		if got[1].Interval != time.Hour || got[1].Stale != stale || got[0].Stale || got[2].Stale || len(got[1].Sources) != 1 {
			t.Errorf("after %v: %+v", after, got)
		}
	}
	var b strings.Builder
	if err := report.WriteCSV(&b, report.Partners(house, tallies, noon)); err != nil {
		t.Fatal(err)
	}
	want := `partner,source,pulls,items,full,excerpts,links,pictures,first,last,stale
qh,,0,0,0,0,0,0,,,false
zj,,4,8,3,5,0,2,2026-03-10T07:00:00Z,2026-03-10T12:00:00Z,false
zj,weekly,4,3,3,0,0,2,2026-03-10T07:00:00Z,2026-03-10T12:00:00Z,
gone,,1,0,0,0,0,0,2026-03-10T12:00:00Z,2026-03-10T12:00:00Z,false
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
}
