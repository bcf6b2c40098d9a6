// Package report tells how partners use what they were granted: pulls, items and pictures, by
// partner and by source, and who has fallen silent. It is pure; the counts come from the store.
package report

import (
	"cmp"
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// Partner is what one partner has pulled.
type Partner struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Pulls    int64     `json:"pulls"` // answers with content
	Items    int64     `json:"items"` // items in them, each time they were sent
	Full     int64     `json:"full"`  // of these, with the whole text
	Excerpts int64     `json:"excerpts"`
	Links    int64     `json:"links"`
	Pictures int64     `json:"pictures"`
	First    time.Time `json:"first,omitzero"`
	Last     time.Time `json:"last,omitzero"`
	// Interval is how often it usually pulls; 0 where that cannot be said yet.
	Interval time.Duration `json:"interval_ns,omitempty"`
	// Stale tells that it has not pulled in two of its usual intervals.
	Stale   bool     `json:"stale"`
	Sources []Source `json:"sources"`
}

// Source is what a partner has pulled of one source.
type Source struct {
	ID       string    `json:"id"`
	Pulls    int64     `json:"pulls"`
	Items    int64     `json:"items"`
	Full     int64     `json:"full"`
	Excerpts int64     `json:"excerpts"`
	Links    int64     `json:"links"`
	Pictures int64     `json:"pictures"`
	First    time.Time `json:"first"`
	Last     time.Time `json:"last"`
}

// Partners makes the reports of all partners of a house, in the order of the configuration,
// then of those that are in it no more.
func Partners(house syndicate.House, tallies []cache.Tally, now time.Time) []Partner {
	byID := make(map[string]*Partner)
	var order []*Partner
	add := func(id, name string) *Partner {
		p := &Partner{ID: id, Name: name, Sources: []Source{}}
		byID[id] = p
		order = append(order, p)
		return p
	}
	for _, p := range house.Partners {
		add(p.ID, p.Name)
	}
	for _, t := range tallies {
		p := byID[t.Partner]
		if p == nil {
			p = add(t.Partner, "")
		}
		if t.Source != "" {
			p.Sources = append(p.Sources, Source{t.Source, t.Pulls, t.Items, t.Full, t.Excerpts, t.Links, t.Pictures, t.First, t.Last})
			continue
		}
		p.Pulls, p.Items, p.Full, p.Excerpts, p.Links, p.Pictures, p.First, p.Last = t.Pulls, t.Items, t.Full, t.Excerpts, t.Links, t.Pictures, t.First, t.Last
		p.Interval = usual(t.Recent)
		p.Stale = p.Interval > 0 && now.Sub(p.Last) > 2*p.Interval
	}
	all := make([]Partner, len(order))
	for i, p := range order {
		all[i] = *p
	}
	return all
}

// fewestPulls is how many pulls it takes to say how often somebody pulls.
const fewestPulls = 4

// usual is the median of the times between the last pulls; 0 where there are too few.
func usual(recent []time.Time) time.Duration {
	if len(recent) < fewestPulls {
		return 0
	}
	var gaps []time.Duration
	for i := 1; i < len(recent); i++ {
		gaps = append(gaps, recent[i-1].Sub(recent[i]))
	}
	slices.SortFunc(gaps, func(a, b time.Duration) int { return cmp.Compare(a, b) })
	return max(gaps[len(gaps)/2], time.Minute)
}

// WriteCSV writes a line for each partner and each of its sources, with a line of headings. The
// line of all sources has none.
func WriteCSV(w io.Writer, partners []Partner) error {
	table := csv.NewWriter(w)
	rows := [][]string{{"partner", "source", "pulls", "items", "full", "excerpts", "links", "pictures", "first", "last", "stale"}}
	for _, p := range partners {
		total := Source{"", p.Pulls, p.Items, p.Full, p.Excerpts, p.Links, p.Pictures, p.First, p.Last}
		rows = append(rows, row(p, total, strconv.FormatBool(p.Stale)))
		for _, s := range p.Sources {
			rows = append(rows, row(p, s, ""))
		}
	}
	if err := table.WriteAll(rows); err != nil {
		return err
	}
	return table.Error()
}

func row(p Partner, s Source, stale string) []string {
	r := []string{p.ID, s.ID}
	for _, n := range []int64{s.Pulls, s.Items, s.Full, s.Excerpts, s.Links, s.Pictures} {
		r = append(r, strconv.FormatInt(n, 10))
	}
	return append(r, stamp(s.First), stamp(s.Last), stale)
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
