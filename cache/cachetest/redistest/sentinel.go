package redistest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// Sentinels are a primary, a replica, and three sentinels that watch them and agree on a failover.
type Sentinels struct {
	Nodes     []*Server // the first began as the primary
	sentinels []*Server
}

const (
	sentinelName = "reprint"
	// notices is how long a primary may be silent before it is replaced.
	notices = time.Second
)

// StartSentinels starts them and waits until they know each other. Settings are for the primary and the replica.
func StartSentinels(t testing.TB, settings ...string) *Sentinels {
	t.Helper()
	s := &Sentinels{Nodes: []*Server{Start(t, settings...)}}
	primary := s.Nodes[0]
	s.Nodes = append(s.Nodes, Start(t, append([]string{"replicaof 127.0.0.1 " + primary.port()}, settings...)...))
	for range 3 {
		sentinel := prepare(t, []string{
			fmt.Sprintf("sentinel monitor %s 127.0.0.1 %s 2", sentinelName, primary.port()),
			fmt.Sprintf("sentinel down-after-milliseconds %s %d", sentinelName, notices.Milliseconds()),
			fmt.Sprintf("sentinel failover-timeout %s 3000", sentinelName),
		}, "--sentinel")
		sentinel.Run(t)
		s.sentinels = append(s.sentinels, sentinel)
	}
	eventually(t, "the sentinels do not find each other", s.ready)
	return s
}

// ready tells whether each sentinel knows the others and the replica, which is in step.
func (s *Sentinels) ready() bool {
	for _, sentinel := range s.sentinels {
		reply, err := sentinel.Do("SENTINEL", "MASTER", sentinelName)
		if err != nil || field(reply, "num-other-sentinels") != "2" || field(reply, "num-slaves") != "1" {
			return false
		}
	}
	return s.Healthy()
}

// Healthy tells whether the sentinels agree on a primary whose replica is in step.
func (s *Sentinels) Healthy() bool {
	primary := s.Primary()
	if primary == nil || primary.Info("role") != "master" {
		return false
	}
	for _, n := range s.Nodes {
		if n != primary && n.Info("master_link_status") != "up" {
			return false
		}
	}
	return true
}

// Primary is the node that the sentinels name; nil while they do not agree.
func (s *Sentinels) Primary() *Server {
	named := ""
	for _, sentinel := range s.sentinels {
		reply, err := sentinel.Do("SENTINEL", "GET-MASTER-ADDR-BY-NAME", sentinelName)
		if err != nil || len(reply) != 2 || named != "" && named != strings.Join(reply, ":") {
			return nil
		}
		named = strings.Join(reply, ":")
	}
	for _, n := range s.Nodes {
		if n.Addr == named {
			return n
		}
	}
	return nil
}

// Replica is the node that is not the primary.
func (s *Sentinels) Replica() *Server {
	primary := s.Primary()
	for _, n := range s.Nodes {
		if n != primary {
			return n
		}
	}
	return nil
}

// URL is the store's address by way of the sentinels.
func (s *Sentinels) URL(prefix string) string {
	var addresses []string
	for _, sentinel := range s.sentinels {
		addresses = append(addresses, sentinel.Addr)
	}
	return "redis+sentinel://" + strings.Join(addresses, ",") + "/" + sentinelName + "/0?prefix=" + prefix
}

// field finds the value after a name in a reply of pairs.
func field(reply []string, name string) string {
	for i := 0; i+1 < len(reply); i += 2 {
		if reply[i] == name {
			return reply[i+1]
		}
	}
	return ""
}

// eventually waits until something is so.
func eventually(t testing.TB, not string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal(not)
		}
	}
}
