package serve

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// consoleWithin is how long the console waits for the store. What it does not tell is left out then, and the rest shown:
// an outage is when the operator looks.
const consoleWithin = 2 * time.Second

// console shows the operator what goes on.
func (s *Server) console(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), consoleWithin)
	defer cancel()
	r = r.WithContext(ctx)
	t := s.site.Load()
	data := consoleData{
		frame: t.deskFrame("Console"), Withdrawals: s.lastWithdrawals(), Open: s.openOrders(), Channels: s.channels(), Lacks: s.lacks(),
		Zone: t.rules.House().Site.Zone, Now: s.now(), Version: s.version,
	}
	parts := []struct {
		name string
		read func() error
	}{
		{"sources", func() (err error) { data.Sources, err = s.sources(r); return err }},
		{"partners", func() (err error) { data.Partners, err = s.reports(r); return err }},
		{"servers", func() (err error) { data.Servers, err = s.servers(ctx); return err }},
		{"claims", func() (err error) { data.Claims, err = s.store.OpenComplaints(ctx); return err }},
	}
	failed := make([]error, len(parts))
	var all sync.WaitGroup
	for n, part := range parts {
		all.Go(func() { failed[n] = part.read() })
	}
	all.Wait()
	for n, err := range failed {
		if err != nil {
			data.Missing = append(data.Missing, parts[n].name)
			s.log.Warn("the console lacks a part", "part", parts[n].name, "error", err)
		}
	}
	body, err := renderPage("console", data)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{typeHTML}
	h["Cache-Control"] = noStore
	h["Content-Security-Policy"] = pagePolicy
	h["X-Content-Type-Options"] = noSniff
	_, _ = w.Write(body)
}
