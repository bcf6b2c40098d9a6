package serve

import (
	"context"
	"net/http"
	"time"
)

// consoleWithin is how long the console waits for each thing that the store has to tell. What it does not tell is left
// out then, and the rest shown: an outage is when the operator looks.
const consoleWithin = time.Second

// console shows the operator what goes on.
func (s *Server) console(w http.ResponseWriter, r *http.Request) {
	t := s.site.Load()
	data := consoleData{
		frame: t.deskFrame("Console"), Withdrawals: s.lastWithdrawals(), Open: s.openOrders(), Channels: s.channels(), Lacks: s.lacks(),
		Zone: t.rules.House().Site.Zone, Now: s.now(), Version: s.version,
	}
	parts := []struct {
		name string
		read func(ctx context.Context) error
	}{
		{"sources", func(ctx context.Context) (err error) { data.Sources, err = s.sources(r.WithContext(ctx)); return err }},
		{"partners", func(ctx context.Context) (err error) { data.Partners, err = s.reports(r.WithContext(ctx)); return err }},
		{"servers", func(ctx context.Context) (err error) { data.Servers, err = s.servers(ctx); return err }},
		{"claims", func(ctx context.Context) (err error) { data.Claims, err = s.store.OpenComplaints(ctx); return err }},
	}
	for _, part := range parts {
		ctx, cancel := context.WithTimeout(r.Context(), consoleWithin)
		if err := part.read(ctx); err != nil {
			data.Missing = append(data.Missing, part.name)
			s.log.Warn("the console lacks a part", "part", part.name, "error", err)
		}
		cancel()
	}
	if err := sendDesk(w, "console", data); err != nil {
		s.fail(w, r, err)
	}
}

// sendDesk sends a page of the operator's.
func sendDesk(w http.ResponseWriter, name string, data any) error {
	body, err := renderPage(name, data)
	if err != nil {
		return err
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Content-Security-Policy"], h["X-Content-Type-Options"] = []string{typeHTML}, noStore, pagePolicy, noSniff
	h["Referrer-Policy"] = noReferrer
	_, _ = w.Write(body)
	return nil
}
