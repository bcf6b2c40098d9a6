package serve

import (
	"context"
	"net/http"

	"reprint/cache"
)

// serverStatus is a server for the operator.
type serverStatus struct {
	Server  string `json:"server"`
	Applied int64  `json:"applied"` // the epoch up to which it has applied all withdrawals
	Age     string `json:"age"`
	Leased  bool   `json:"leased"` // it may answer with items
	Sources int    `json:"sources"`
	Version string `json:"version"`
	Address string `json:"address,omitempty"`
}

// servers lists the servers of the store.
func (s *Server) servers(ctx context.Context) ([]serverStatus, error) {
	servers, err := s.store.Servers(ctx)
	if err != nil {
		return nil, err
	}
	holders, err := s.store.Holders(ctx)
	if err != nil {
		return nil, err
	}
	polls := make(map[string]int)
	for _, server := range holders {
		polls[server]++
	}
	list := make([]serverStatus, len(servers))
	for i, o := range servers {
		list[i] = statusOfServer(o, polls[o.Server])
	}
	return list, nil
}

func statusOfServer(o cache.Server, sources int) serverStatus {
	return serverStatus{Server: o.Server, Applied: o.Applied, Age: o.Age.String(), Leased: o.Age <= o.Lease, Sources: sources, Version: o.Version, Address: o.Address}
}

// apiServers answers with them.
func (s *Server) apiServers(w http.ResponseWriter, r *http.Request) {
	list, err := s.servers(r.Context())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	writeJSON(w, list)
}

// Epoch is the greatest epoch of a withdrawal that this server knows.
func (s *Server) Epoch() int64 { return s.authority.epoch.Load() }

// NoteHeldSources notes how many sources this server polls.
func (s *Server) NoteHeldSources(sources int) { s.metrics.held.Set(float64(sources)) }
