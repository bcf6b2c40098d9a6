package redistest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// Cluster is a Redis Cluster: primaries that share the slots, each with a replica if so wished.
type Cluster struct {
	Nodes []*Server // primaries first
}

const (
	slots     = 16384
	primaries = 3
)

// StartCluster starts a cluster of three primaries and as many replicas, or none, and waits until it is whole. Settings are
// for all nodes.
func StartCluster(t testing.TB, replicas bool, settings ...string) *Cluster {
	t.Helper()
	c := new(Cluster)
	count := primaries
	if replicas {
		count *= 2
	}
	settings = append([]string{"cluster-enabled yes", "cluster-node-timeout 1500", "repl-diskless-sync-delay 0", "cluster-require-full-coverage no"}, settings...)
	for range count {
		c.Nodes = append(c.Nodes, Start(t, settings...))
	}
	for n, node := range c.Nodes {
		must(t, node, "CLUSTER", "SET-CONFIG-EPOCH", strconv.Itoa(n+1))
		if n < primaries {
			must(t, node, "CLUSTER", "ADDSLOTSRANGE", strconv.Itoa(n*slots/primaries), strconv.Itoa((n+1)*slots/primaries-1))
		}
		must(t, node, "CLUSTER", "MEET", "127.0.0.1", c.Nodes[0].port())
	}
	eventually(t, "the nodes of the cluster do not find each other", func() bool { return c.all("cluster_known_nodes:" + strconv.Itoa(count)) })
	for n, node := range c.Nodes[primaries:] {
		id := must(t, c.Nodes[n], "CLUSTER", "MYID")
		eventually(t, "a replica does not find its primary", func() bool { _, err := node.Do("CLUSTER", "REPLICATE", id); return err == nil })
	}
	eventually(t, "the cluster is not whole", c.Healthy)
	return c
}

func must(t testing.TB, node *Server, args ...string) string {
	t.Helper()
	reply, err := node.Do(args...)
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	return reply[0]
}

// all tells whether all nodes say something of the cluster.
func (c *Cluster) all(what string) bool {
	for _, n := range c.Nodes {
		reply, err := n.Do("CLUSTER", "INFO")
		if err != nil || !strings.Contains(reply[0], what+"\r\n") {
			return false
		}
	}
	return true
}

// Healthy tells whether all nodes live, all slots are served, and all replicas are in step.
func (c *Cluster) Healthy() bool {
	if !c.all("cluster_state:ok") || !c.all(fmt.Sprint("cluster_slots_ok:", slots)) {
		return false
	}
	for _, n := range c.Nodes {
		if n.Info("role") == "slave" && n.Info("master_link_status") != "up" {
			return false
		}
	}
	return len(c.Primaries()) == primaries
}

// Primaries are the nodes that serve slots now.
func (c *Cluster) Primaries() []*Server {
	var list []*Server
	for _, n := range c.Nodes {
		if n.Info("role") == "master" {
			list = append(list, n)
		}
	}
	return list
}

// URL is the store's address on the cluster, with a prefix of its own.
func (c *Cluster) URL(prefix string) string {
	var addresses []string
	for _, n := range c.Nodes {
		addresses = append(addresses, n.Addr)
	}
	return "redis+cluster://" + strings.Join(addresses, ",") + "?prefix=" + prefix
}
