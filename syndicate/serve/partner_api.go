package serve

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"strconv"
	"time"

	"reprint/syndicate"
)

// partnerRoutes are the partner API.
func (s *Server) partnerRoutes(t *site) []route {
	api := func(pattern, method string, answer func(http.ResponseWriter, *http.Request, *principal) error) route {
		return route{pattern: pattern, method: method, audience: partners, handler: s.forPartners(t, answer)}
	}
	return []route{
		api("/partner", "", s.apiSelf(t)),
		api("/partner/changes", "", s.apiChanges(t)),
		api("/partner/status", http.MethodPost, s.apiStatus(t)),
		api("/partner/must-remove", "", s.apiMustRemove(t)),
		api("/partner/receipts/{n}", "", s.apiReceipt),
	}
}

// partnerSelf is what a partner is told of itself.
type partnerSelf struct {
	Partner    string           `json:"partner"`
	Name       string           `json:"name"`
	Agreements []agreementTerms `json:"agreements"`
	Channels   []channelFeeds   `json:"channels"`
	Ledger     ledgerKey        `json:"ledger"`
}

type agreementTerms struct {
	ID        string              `json:"id"`
	Revision  string              `json:"revision"`
	Covers    map[string][]string `json:"covers"`
	Text      string              `json:"text"`
	Pictures  string              `json:"pictures"`
	From      time.Time           `json:"from,omitzero"`
	Until     time.Time           `json:"until,omitzero"`
	Embargo   string              `json:"embargo,omitempty"`
	Window    string              `json:"window,omitempty"`
	DailyCap  int                 `json:"daily_cap,omitempty"`
	Terms     string              `json:"terms,omitempty"`
	Territory []string            `json:"territory,omitempty"`
	Purpose   string              `json:"purpose,omitempty"`
}

type channelFeeds struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	RSS   string `json:"rss"`
	Atom  string `json:"atom"`
	JSON  string `json:"json"`
}

type ledgerKey struct {
	ID        string `json:"id"`
	PublicKey string `json:"public_key"`
}

// apiSelf tells a partner what it was promised and where things are.
func (s *Server) apiSelf(t *site) func(http.ResponseWriter, *http.Request, *principal) error {
	return func(w http.ResponseWriter, r *http.Request, p *principal) error {
		partner, _ := t.rules.Partner(p.partner)
		self := partnerSelf{Partner: partner.ID, Name: partner.Name, Agreements: []agreementTerms{}, Channels: []channelFeeds{}, Ledger: ledgerKey{s.ledger.ID(), s.ledger.PublicKey()}}
		for _, a := range partner.Agreements {
			self.Agreements = append(self.Agreements, termsIn(a))
		}
		for _, c := range t.channels {
			page := t.url("/feeds/" + c.ID)
			self.Channels = append(self.Channels, channelFeeds{c.ID, c.Title, page + ".rss", page + ".atom", page + ".json"})
		}
		body, err := marshal(self)
		if err != nil {
			return err
		}
		writeBody(w, r, body)
		return nil
	}
}

// coverage names the lists of a coverage that are not empty, as the configuration does.
func coverage(c syndicate.Coverage) map[string][]string {
	lists := map[string][]string{
		"licenses": c.Licenses, "sources": c.Sources, "channels": c.Channels, "tags": c.Tags, "origins": c.Origins, "languages": c.Languages,
	}
	maps.DeleteFunc(lists, func(_ string, list []string) bool { return len(list) == 0 })
	return lists
}

func termsIn(a syndicate.Agreement) agreementTerms {
	t := agreementTerms{
		ID: a.ID, Revision: a.Revision(), Covers: coverage(a.Covers), Text: a.Text.String(), Pictures: a.Pictures.String(), From: a.From, Until: a.Until,
		DailyCap: a.DailyCap, Terms: a.Terms, Territory: a.Territory, Purpose: a.Purpose,
	}
	if a.Embargo > 0 {
		t.Embargo = a.Embargo.String()
	}
	if a.Window > 0 {
		t.Window = a.Window.String()
	}
	return t
}

// marshal writes an answer of the API.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(v)
	return b.Bytes(), err
}

// writeBody sends an answer of the API, which nobody may keep.
func writeBody(w http.ResponseWriter, r *http.Request, body []byte) {
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	h["Cache-Control"], h["Vary"] = noStore, varyAuthorization
	h["X-Content-Type-Options"], h["Referrer-Policy"] = noSniff, noReferrer
	h["Content-Security-Policy"] = documentPolicy
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
