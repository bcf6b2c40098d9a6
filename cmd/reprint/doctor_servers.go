package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"reprint/cache"
	"reprint/feeds/ingest"
)

// checkServers looks at the servers of the store: whether each was heard within its lease, and
// has applied all withdrawals, and whether all sources are polled by one of them.
func checkServers(ctx context.Context, store cache.Store, sources []ingest.Source) []cache.Finding {
	unheard := func(err error) []cache.Finding {
		return []cache.Finding{{Check: "servers", Severity: cache.Warn, Detail: err.Error(), Remedy: "look at the store"}}
	}
	identity, err := store.Identity(ctx)
	if err != nil {
		return unheard(err)
	}
	servers, err := store.Servers(ctx)
	if err != nil {
		return unheard(err)
	}
	holders, err := store.Holders(ctx)
	if err != nil {
		return unheard(err)
	}
	findings := []cache.Finding{{Check: "servers", Detail: fmt.Sprintf("%d on this store, which is at epoch %d", len(servers), identity.Epoch)}}
	alive := 0
	for _, s := range servers {
		f := checkServer(s, holders)
		if f.Severity == cache.OK {
			alive++
		}
		findings = append(findings, f)
	}
	if alive > 0 {
		findings = append(findings, checkHolders(sources, holders))
	}
	return findings
}

// checkServer looks at one server.
func checkServer(s cache.Server, holders map[string]string) cache.Finding {
	polls := 0
	for _, server := range holders {
		if server == s.Server {
			polls++
		}
	}
	f := cache.Finding{Check: "server " + s.Server, Detail: fmt.Sprintf("version %s, epoch %d, %d sources, heard %s ago", s.Version, s.Applied, polls, s.Age.Round(time.Millisecond))}
	if s.Age > s.Lease {
		f.Severity, f.Remedy = cache.Warn, "it has died or cannot reach the store, and answers with no items; start it again, or ignore it if it is gone for good"
	}
	return f
}

// checkHolders looks whether somebody polls each source.
func checkHolders(sources []ingest.Source, holders map[string]string) cache.Finding {
	var left []string
	for _, s := range sources {
		if holders[s.ID] == "" {
			left = append(left, s.ID)
		}
	}
	if len(left) == 0 {
		return cache.Finding{Check: "polling", Detail: "every source is polled by one server"}
	}
	return cache.Finding{Check: "polling", Severity: cache.Warn, Detail: "nobody polls " + strings.Join(left, ", "),
		Remedy: "look again in some seconds; if it stays so, the servers do not have the same sources: give them one configuration"}
}
