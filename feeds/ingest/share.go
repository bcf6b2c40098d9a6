package ingest

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"time"
)

// How sources are shared out among servers. Every server reckons by itself, from the same sources
// and the same servers to the same result; that no two poll one source anyway is up to the
// leases of the store.
//
// All sources of one site go to one server, whose pauses between two requests to it would
// mean nothing otherwise. A server that comes or goes moves few sources of the others.

// bundle is what goes to one server together: the sources of a site.
type bundle struct {
	key     string
	sources []string
	work    float64 // polls an hour
}

// share returns which server polls a source, by source.
func share(sources []Source, servers []string) map[string]string {
	if len(servers) == 0 {
		return nil
	}
	bundles := bundled(sources)
	var fair float64
	for _, b := range bundles {
		fair += b.work / float64(len(servers))
	}
	load := make(map[string]float64, len(servers))
	to := make(map[string]string, len(sources))
	for _, b := range bundles {
		server := place(b, servers, load, fair)
		load[server] += b.work
		for _, source := range b.sources {
			to[source] = server
		}
	}
	return to
}

// place finds the server of a bundle: the first of those that it prefers whose share is not
// full, or else who has least to do.
func place(b bundle, servers []string, load map[string]float64, fair float64) string {
	liked := slices.SortedFunc(slices.Values(servers), func(x, y string) int {
		return cmp.Or(cmp.Compare(liking(b.key, y), liking(b.key, x)), cmp.Compare(x, y))
	})
	for _, server := range liked {
		if load[server]+b.work <= fair*(1+1e-9) {
			return server
		}
	}
	return slices.MinFunc(liked, func(x, y string) int { return cmp.Compare(load[x], load[y]) })
}

// liking is how much a bundle prefers a server; it depends on nothing but the two.
func liking(bundle, server string) string {
	sum := sha256.Sum256([]byte(bundle + "\n" + server))
	return string(sum[:])
}

// bundled puts sources together that go to one server; those with most work come first.
func bundled(sources []Source) []bundle {
	at := make(map[string]int)
	var bundles []bundle
	inOrder := slices.SortedFunc(slices.Values(sources), func(x, y Source) int { return cmp.Compare(x.ID, y.ID) })
	for _, s := range inOrder { // sums of fractions depend on it
		key := "file " + s.ID
		if !s.local() {
			key = site(s.Feed)
		}
		n, known := at[key]
		if !known {
			n = len(bundles)
			at[key] = n
			bundles = append(bundles, bundle{key: key})
		}
		bundles[n].sources = append(bundles[n].sources, s.ID)
		bundles[n].work += float64(time.Hour) / float64(s.least())
	}
	slices.SortFunc(bundles, func(x, y bundle) int {
		return cmp.Or(cmp.Compare(y.work, x.work), cmp.Compare(x.key, y.key))
	})
	return bundles
}
