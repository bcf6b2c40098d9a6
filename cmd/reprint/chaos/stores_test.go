package chaos

import (
	"testing"
	"time"

	"reprint/cache/cachetest/redistest"
)

// backend is a store that many servers share, and what may happen to it.
type backend struct {
	name    string
	url     string
	healthy func() bool
	faults  []fault
}

// sentinels is a primary and a replica behind Sentinel; lives tells whether all servers on them are ready.
func sentinels(t *testing.T, lives func() bool) backend {
	s := redistest.StartSentinels(t)
	// to lets something happen to the primary, if the sentinels agree on one.
	to := func(do func(primary *redistest.Server)) {
		if primary := s.Primary(); primary != nil {
			do(primary)
		}
	}
	return backend{name: "Sentinel", url: s.URL("chaos"), healthy: s.Healthy, faults: []fault{
		{name: "primary killed, its replica promoted", do: func(rest rest) {
			to(func(primary *redistest.Server) {
				primary.Kill()
				rest(2500*time.Millisecond, 6*time.Second)
				primary.Run(t)
			})
			settle(s.Healthy)
		}},
		{name: "primary killed and back at once", do: func(rest) {
			to(func(primary *redistest.Server) {
				primary.Kill()
				primary.Run(t)
			})
		}},
		{name: "primary stopped for a moment", do: func(rest rest) { to(func(primary *redistest.Server) { pause(primary, rest, 100, 900) }) }},
		{name: "primary stopped, replaced, and awake again", do: func(rest rest) {
			to(func(primary *redistest.Server) { pause(primary, rest, 2500, 6000) })
			settle(s.Healthy)
		}},
		{name: "replica stopped", do: func(rest rest) {
			if replica := s.Replica(); replica != nil {
				pause(replica, rest, 500, 4000)
			}
		}},
		{name: "primary back empty", alone: true, do: func(rest) {
			settle(s.Healthy)
			settle(lives)
			to(func(primary *redistest.Server) {
				primary.Kill()
				primary.Wipe(t)
				primary.Run(t)
			})
			settle(s.Healthy)
			settle(lives)
		}},
	}}
}

// cluster is a Redis Cluster of three primaries, each with a replica.
func cluster(t *testing.T, _ func() bool) backend {
	c := redistest.StartCluster(t, true)
	var list []fault
	for _, node := range c.Nodes {
		list = append(list,
			fault{name: "node killed for long", do: func(rest rest) {
				node.Kill()
				rest(2500*time.Millisecond, 6*time.Second)
				node.Run(t)
				settle(c.Healthy)
			}},
			fault{name: "node killed and back at once", do: func(rest) {
				node.Kill()
				node.Run(t)
			}},
			fault{name: "node stopped for a moment", do: func(rest rest) { pause(node, rest, 100, 900) }},
			fault{name: "node stopped, replaced, and awake again", do: func(rest rest) {
				pause(node, rest, 2500, 6000)
				settle(c.Healthy)
			}})
	}
	return backend{name: "Cluster", url: c.URL("chaos"), healthy: c.Healthy, faults: list}
}

// pause stops a node for some milliseconds.
func pause(node *redistest.Server, rest rest, least, most int) {
	node.Pause()
	rest(time.Duration(least)*time.Millisecond, time.Duration(most)*time.Millisecond)
	node.Resume()
}

// settle waits until a store is whole again, for half a minute: a second fault before that is more than it promises
// to survive.
func settle(healthy func() bool) {
	for deadline := time.Now().Add(30 * time.Second); !healthy() && time.Now().Before(deadline); {
		time.Sleep(100 * time.Millisecond)
	}
}
