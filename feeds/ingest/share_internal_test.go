package ingest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func sitesOf(n int) []Source {
	var sources []Source
	for i := range n {
		sources = append(sources, Source{ID: fmt.Sprint("s", i), Feed: fmt.Sprintf("https://site%d.example/feed", i)})
	}
	return sources
}

func loads(sources []Source, to map[string]string) map[string]float64 {
	load := make(map[string]float64)
	for _, s := range sources {
		load[to[s.ID]] += 1 / s.least().Hours()
	}
	return load
}

// TestShareIsEven: however often each source is polled, the work divides evenly.
func TestShareIsEven(t *testing.T) {
	t.Parallel()
	sources := sitesOf(300)
	for i := range sources {
		sources[i].Every = time.Duration(15+i%200) * time.Minute
	}
	for _, servers := range [][]string{{"a"}, {"a", "b"}, {"a", "b", "c"}, {"a", "b", "c", "d", "e", "f", "g"}} {
		load := slices.Sorted(maps.Values(loads(sources, share(sources, servers))))
		if len(load) != len(servers) || load[len(load)-1] > 1.05*load[0] {
			t.Errorf("%d servers: %v", len(servers), load)
		}
	}
}

// TestShareMovesLittle: a server that comes takes about what is its share, and one that goes leaves
// to the others little more than what it had.
func TestShareMovesLittle(t *testing.T) {
	t.Parallel()
	sources := sitesOf(300)
	three, four := share(sources, []string{"a", "b", "c"}), share(sources, []string{"a", "b", "c", "d"})
	moved := 0
	for _, s := range sources {
		if three[s.ID] != four[s.ID] {
			moved++
		}
	}
	if moved < 75 || moved > 125 {
		t.Errorf("%d of 300 moved; the share of one of four is 75", moved)
	}
}

// TestShareKeepsSites: all sources of a site are one server's, every source is somebody's, and the
// order of sources and servers makes no difference.
func TestShareKeepsSites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var sources []Source
		for n := range rapid.IntRange(0, 60).Draw(t, "sources") {
			s := Source{ID: fmt.Sprint("s", n), Feed: fmt.Sprintf("https://www%d.site%d.example/%d", n, rapid.IntRange(0, 9).Draw(t, "site"), n)}
			s.Every = time.Duration(rapid.IntRange(0, 600).Draw(t, "minutes")) * time.Minute
			sources = append(sources, s)
		}
		servers := rapid.SliceOfNDistinct(rapid.StringMatching("[a-z]{1,8}"), 1, 6, rapid.ID).Draw(t, "servers")
		to := share(sources, servers)
		of := make(map[string]string)
		for _, s := range sources {
			if !slices.Contains(servers, to[s.ID]) {
				t.Fatalf("%s goes to %q", s.ID, to[s.ID])
			}
			if before, known := of[site(s.Feed)]; known && before != to[s.ID] {
				t.Fatalf("%s is on %s and on %s", site(s.Feed), before, to[s.ID])
			}
			of[site(s.Feed)] = to[s.ID]
		}
		r := rand.New(rand.NewPCG(1, 2))
		mixed, order := slices.Clone(sources), slices.Clone(servers)
		r.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		if diff := cmp.Diff(to, share(mixed, order)); diff != "" {
			t.Fatal(diff)
		}
	})
}
