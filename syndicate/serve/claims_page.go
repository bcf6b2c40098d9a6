package serve

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// claimPolicy lets the pages of claims send their own forms, and nothing else.
var claimPolicy = []string{strings.Replace(pagePolicy[0], "form-action 'none'", "form-action 'self'", 1)}

// claimFrame is what the pages of claims have around them, in the reader's language.
func (t *site) claimFrame(r *http.Request) (frame, claimWords) {
	language := t.languageFor(r)
	f := t.frame("", "")
	f.W, f.NoIndex = wordsFor(language), true
	if language != t.words.Language {
		f.Lang = language
	}
	return f, claimWordsFor(language)
}

// told is what a page of a claim tells.
type told struct {
	claim    claim.Claim
	part     string // who looks at it
	status   int
	refused  bool // what was said was not possible
	said     said
	problems []claim.Problem
}

// claimData is what has become of a claim.
type claimData struct {
	frame
	C        claimWords
	Claim    claim.Claim
	State    string
	Due      string // empty once it is decided
	Meets    string
	Items    []claimItem
	Events   []claimStep
	NotNow   bool
	Mine     bool // the claimant looks at it
	CanSpeak bool // there is something left to say
	Bad      bool
	Groups   []formGroup
}

// claimItem is an item or a picture that a claim names.
type claimItem struct{ Text, Href string }

// claimStep is an event as the page tells it.
type claimStep struct {
	At   time.Time
	What string
	By   string
	Text string
}

func (s *Server) showClaim(w http.ResponseWriter, r *http.Request, t *site, page told) {
	c, zone := page.claim, t.rules.House().Site.Zone
	if wantsJSON(r) {
		problem := ""
		if page.refused {
			problem = errNotNow.Error()
		}
		writeStatusJSON(w, page.status, struct {
			shownClaim
			Problem string `json:"problem,omitempty"`
		}{publicClaim(c, "", zone), problem})
		return
	}
	f, words := t.claimFrame(r)
	f.Title = words.Claim + " " + strconv.FormatInt(c.Number, 10)
	_, answered := c.Answer()
	data := claimData{
		frame: f, C: words, Claim: c, State: words.states[c.State()], Meets: words.meets(c), NotNow: page.refused, Mine: page.part == asClaimant,
		CanSpeak: c.IsOpen() && (page.part == asClaimant || !answered), Events: words.steps(c), Bad: len(page.problems) > 0,
	}
	if c.IsOpen() {
		data.Due = feeds.Day(c.Due, zone)
	}
	for _, name := range c.Items {
		if picture := syndicate.Target(name).Picture(); picture != "" {
			data.Items = append(data.Items, claimItem{picture, ""})
		} else {
			data.Items = append(data.Items, claimItem{name, t.base + "/items/" + name})
		}
	}
	if data.CanSpeak && !data.Mine {
		data.Groups = words.withProblems(words.answer(page.said), page.problems)
	}
	s.sendPage(w, r, page.status, "claim", data)
}

// meets names the rules that a claim meets.
func (c claimWords) meets(of claim.Claim) string {
	var names []string
	for _, rule := range of.Meets() {
		names = append(names, c.rules[rule])
	}
	return strings.Join(names, " · ")
}

// steps tells what happened.
func (c claimWords) steps(of claim.Claim) []claimStep {
	var steps []claimStep
	for _, e := range of.Events {
		step := claimStep{At: e.At, What: c.states[string(e.Kind)], Text: e.Text}
		switch e.Kind {
		case claim.Withheld:
			step.What = c.Withheld
		case claim.Sent:
			step.What = c.letters[e.Letter]
		case claim.Upheld, claim.Rejected:
			step.By = fmt.Sprintf(c.Decided, e.By)
		case claim.Answered:
			if e.Counter != nil {
				step.By = e.Counter.Name
			}
		}
		steps = append(steps, step)
	}
	return steps
}

// wantsJSON tells whether a program asks.
func wantsJSON(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "application/json") || strings.HasPrefix(r.Header.Get("Content-Type"), "application/json")
}

// sameOrigin lets the forms of our pages say from where they are sent, which no-referrer would not, and tells other sites nothing: the
// address may be secret.
var sameOrigin = []string{"same-origin"}

// sendPage sends a page that is made for one request and kept by nobody.
func (s *Server) sendPage(w http.ResponseWriter, r *http.Request, status int, name string, data any) {
	body, err := renderPage(name, data)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	h := w.Header()
	h["Content-Type"], h["Cache-Control"], h["Content-Security-Policy"] = []string{typeHTML}, noStore, claimPolicy
	h["X-Content-Type-Options"], h["Referrer-Policy"], h["Vary"] = noSniff, sameOrigin, []string{"Accept, Accept-Language"}
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}
