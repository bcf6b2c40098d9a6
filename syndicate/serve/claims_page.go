package serve

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"reprint/syndicate/claim"
)

// claimPolicy lets the pages of claims send their own forms, and nothing else.
var claimPolicy = []string{strings.Replace(pagePolicy[0], "form-action 'none'", "form-action 'self'", 1)}

// claimFormData is the form for a claim.
type claimFormData struct {
	frame
	C        claimWords
	Said     said
	Places   string
	Problems map[string]string // by field
}

func (s *Server) showClaimForm(w http.ResponseWriter, r *http.Request, t *site, status int, what said, problems []claim.Problem) {
	c := claimWordsFor(t.words.Language)
	data := claimFormData{frame: t.frame(c.Title, ""), C: c, Said: what, Places: strings.Join(what.Places, "\n"), Problems: make(map[string]string)}
	for _, p := range problems {
		data.Problems[p.Field] = c.faults[p.Fault]
	}
	data.NoIndex, data.Spoken = true, false
	s.sendPage(w, r, status, "claim_form", data)
}

// claimData is what has become of a claim.
type claimData struct {
	frame
	C        claimWords
	Claim    claim.Claim
	State    string
	Due      time.Time // zero once it is decided
	Events   []claimStep
	Problem  string
	Mine     bool // the claimant looks at it
	CanSpeak bool // there is something left to say
}

// claimStep is an event as the page tells it.
type claimStep struct {
	At   time.Time
	What string
	Text string
}

func (s *Server) showClaim(w http.ResponseWriter, r *http.Request, t *site, status int, c claim.Claim, part, problem string) {
	words := claimWordsFor(t.words.Language)
	_, over := c.Outcome()
	_, answered := c.Answer()
	data := claimData{
		frame: t.frame(words.Claim+" "+strconv.FormatInt(c.Number, 10), ""), C: words, Claim: c, State: words.states[c.State()],
		Problem: problem, Mine: part == asClaimant, CanSpeak: !over && (part == asClaimant || !answered),
	}
	if !over {
		data.Due = c.Due
	}
	for _, e := range c.Events {
		data.Events = append(data.Events, claimStep{e.At, words.states[string(e.Kind)], e.Text})
	}
	data.NoIndex, data.Spoken = true, false
	if wantsJSON(r) {
		writeStatusJSON(w, status, struct {
			shownClaim
			Problem string `json:"problem,omitempty"`
		}{publicClaim(c, ""), problem})
		return
	}
	s.sendPage(w, r, status, "claim", data)
}

// wantsJSON tells whether a program asks.
func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json") || strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

// sendPage sends a page that is made for one request and kept by nobody.
func (s *Server) sendPage(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	body, err := renderPage(name, data)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Content-Security-Policy"] = []string{typeHTML}, noStore, claimPolicy
	h["X-Content-Type-Options"], h["Referrer-Policy"], h["Vary"] = noSniff, noReferrer, []string{"Accept"}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
