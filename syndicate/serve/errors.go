package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"reprint/cache"
	"reprint/feeds/websub"
	"reprint/syndicate/access"
	"reprint/syndicate/ledger"
)

// What can go wrong for a request.
var (
	errNotFound     = errors.New("there is nothing at this address, or nothing that may be shown")
	errMethod       = errors.New("this address can only be read: use GET or HEAD")
	errMethodOrPost = errors.New("this address can be read, and sent something: use GET, HEAD or POST")
	errStop         = errors.New("nobody is subscribed here: do not send any more")
	errStale        = errors.New("the document is being made anew")
	errUsedKey      = errors.New("the key was used for another order, which stays as it is; give this one a key of its own, or none")
)

// badRequest is what was asked wrongly, in words for whoever asked.
type badRequest string

func (e badRequest) Error() string { return string(e) }

// answer is what is said about an error.
type answer struct {
	status int
	detail string
	after  aftermath
}

// aftermath is what an error means besides.
type aftermath int

const (
	final  aftermath = iota // asking again changes nothing
	retry                   // the client may ask again soon
	outage                  // it may, and something of ours is broken: the log says what
)

// answers is the one table from errors to HTTP: the first one that an error wraps counts. What it does not list is a 500 that says
// nothing of the inside; the log says the rest.
var answers = []struct {
	err error
	answer
}{
	{errNotReached, answer{http.StatusServiceUnavailable, errNotReached.Error(), outage}},
	{errLease, answer{http.StatusServiceUnavailable, errLease.Error(), retry}},
	{errNotFound, answer{http.StatusNotFound, errNotFound.Error(), final}},
	{errMethod, answer{http.StatusMethodNotAllowed, errMethod.Error(), final}},
	{errMethodOrPost, answer{http.StatusMethodNotAllowed, errMethodOrPost.Error(), final}},
	{errStop, answer{http.StatusGone, errStop.Error(), final}},
	{errCredentials, answer{http.StatusUnauthorized, errCredentials.Error(), final}},
	{access.ErrMalformed, answer{http.StatusUnauthorized, access.ErrMalformed.Error(), final}},
	{access.ErrWrong, answer{http.StatusUnauthorized, access.ErrWrong.Error(), final}},
	{access.ErrMistyped, answer{http.StatusUnauthorized, access.ErrMistyped.Error(), final}},
	{access.ErrNotYet, answer{http.StatusUnauthorized, access.ErrNotYet.Error(), final}},
	{access.ErrExpired, answer{http.StatusUnauthorized, access.ErrExpired.Error(), final}},
	{access.ErrRevoked, answer{http.StatusUnauthorized, access.ErrRevoked.Error(), final}},
	{access.ErrScope, answer{http.StatusForbidden, access.ErrScope.Error(), final}},
	{errCursor, answer{http.StatusBadRequest, errCursor.Error(), final}},
	{errElsewhere, answer{http.StatusMisdirectedRequest, errElsewhere.Error(), final}},
	{errHost, answer{http.StatusMisdirectedRequest, errHost.Error(), final}},
	{errNoRecord, answer{http.StatusServiceUnavailable, errNoRecord.Error(), retry}},
	{ledger.ErrFull, answer{http.StatusInsufficientStorage, "nothing can be put on the record, because the disk of the server is full; nothing was sent, and nothing done", outage}},
	{ledger.ErrFailed, answer{http.StatusServiceUnavailable, "nothing can be put on the record; nothing was sent, and nothing done", outage}},
	{ledger.ErrClosed, answer{http.StatusServiceUnavailable, "the server is going down", retry}},
	{websub.ErrQuestion, answer{http.StatusBadRequest, websub.ErrQuestion.Error(), final}},
	{websub.ErrTooLarge, answer{http.StatusRequestEntityTooLarge, websub.ErrTooLarge.Error(), final}},
	{websub.ErrBusy, answer{http.StatusServiceUnavailable, websub.ErrBusy.Error(), retry}},
	{cache.ErrNoClaim, answer{http.StatusNotFound, cache.ErrNoClaim.Error(), final}},
	{cache.ErrRevised, answer{http.StatusConflict, cache.ErrRevised.Error(), final}},
	{errUsedKey, answer{http.StatusConflict, errUsedKey.Error(), final}},
	{errMedia, answer{http.StatusUnsupportedMediaType, errMedia.Error(), final}},
	{errTooLong, answer{http.StatusRequestEntityTooLarge, errTooLong.Error(), final}},
	{errNotNow, answer{http.StatusConflict, errNotNow.Error(), final}},
	{errElsewhereForm, answer{http.StatusForbidden, errElsewhereForm.Error(), final}},
	{errJoining, answer{http.StatusServiceUnavailable, errJoining.Error(), retry}},
	{errRestoring, answer{http.StatusServiceUnavailable, errRestoring.Error(), retry}},
	{errLeft, answer{http.StatusServiceUnavailable, errLeft.Error(), retry}},
	{errStale, answer{http.StatusServiceUnavailable, errStale.Error(), retry}},
	{cache.ErrUnavailable, answer{http.StatusServiceUnavailable, "the store does not answer at the moment", outage}},
	{context.DeadlineExceeded, answer{http.StatusServiceUnavailable, "the store did not answer in time", outage}},
}

func answerTo(err error) answer {
	var wait *tooMany
	if errors.As(err, &wait) {
		return answer{http.StatusTooManyRequests, wait.why, final}
	}
	var gone *withdrawnItem
	if errors.As(err, &gone) {
		return answer{gone.status(), gone.Error(), final}
	}
	var filing *BadFiling
	if errors.As(err, &filing) {
		return answer{http.StatusUnprocessableEntity, filing.Error(), final}
	}
	var bad badRequest
	if errors.As(err, &bad) {
		return answer{http.StatusBadRequest, bad.Error(), final}
	}
	for _, a := range answers {
		if errors.Is(err, a.err) {
			return a.answer
		}
	}
	return answer{http.StatusInternalServerError, "something went wrong here", final}
}

// problem is a problem detail of RFC 9457.
type problem struct {
	Type   string `json:"type"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

var (
	noStore     = []string{"no-store"}
	typeProblem = []string{"application/problem+json"}
	readOnly    = []string{"GET, HEAD"}
	readOrPost  = []string{"GET, HEAD, POST"}
	challenge   = []string{`Basic realm="partners", charset="UTF-8"`, `Bearer realm="partners"`}
)

// fail answers with an error: a page for browsers, problem details for all others.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	a := answerTo(err)
	if a.status == http.StatusInternalServerError || a.after == outage {
		s.log.Error("request failed", "path", shownPath(r), "error", err)
	}
	h := w.Header()
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	h["Content-Security-Policy"] = pagePolicy
	h["Vary"] = []string{"Accept, Authorization"}
	if a.after != final {
		h["Retry-After"] = retryAfter
	}
	var wait *tooMany
	if errors.As(err, &wait) {
		h["Retry-After"] = []string{strconv.Itoa(max(access.Seconds(wait.wait), 1))}
	}
	var gone *withdrawnItem
	if errors.As(err, &gone) && gone.Legal { // who blocks it (RFC 7725 section 4); the notice tells by whose order
		h["Link"] = []string{"<" + gone.site + `>; rel="blocked-by"`}
	}
	if a.status == http.StatusUnauthorized {
		h["Www-Authenticate"] = challenge
	}
	if a.status == http.StatusMethodNotAllowed {
		h["Allow"] = readOnly
		if errors.Is(err, errMethodOrPost) {
			h["Allow"] = readOrPost
		}
	}
	body, media := s.describe(r, a)
	h["Content-Type"] = media
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body)
	}
}

// describe writes the answer in the form that the client reads.
func (s *Server) describe(r *http.Request, a answer) (body []byte, media []string) {
	t := s.site.Load()
	if strings.Contains(r.Header.Get("Accept"), "text/html") {
		page, err := renderPage("message", t.message(a))
		if err == nil {
			return page, []string{typeHTML}
		}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(problem{"about:blank", http.StatusText(a.status), a.status, a.detail})
	return b.Bytes(), typeProblem
}
