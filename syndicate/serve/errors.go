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

// answer is what is said about an error.
type answer struct {
	status int
	detail string
	retry  bool
}

// answers is the one table from errors to HTTP: the first one that an error wraps counts. What it does not list is a 500 that says
// nothing of the inside; the log says the rest.
var answers = []struct {
	err error
	answer
}{
	{errNotReached, answer{http.StatusServiceUnavailable, errNotReached.Error(), true}},
	{errLease, answer{http.StatusServiceUnavailable, errLease.Error(), true}},
	{errNotFound, answer{http.StatusNotFound, errNotFound.Error(), false}},
	{errMethod, answer{http.StatusMethodNotAllowed, errMethod.Error(), false}},
	{errMethodOrPost, answer{http.StatusMethodNotAllowed, errMethodOrPost.Error(), false}},
	{errStop, answer{http.StatusGone, errStop.Error(), false}},
	{errCredentials, answer{http.StatusUnauthorized, errCredentials.Error(), false}},
	{access.ErrMalformed, answer{http.StatusUnauthorized, access.ErrMalformed.Error(), false}},
	{access.ErrWrong, answer{http.StatusUnauthorized, access.ErrWrong.Error(), false}},
	{access.ErrMistyped, answer{http.StatusUnauthorized, access.ErrMistyped.Error(), false}},
	{access.ErrNotYet, answer{http.StatusUnauthorized, access.ErrNotYet.Error(), false}},
	{access.ErrExpired, answer{http.StatusUnauthorized, access.ErrExpired.Error(), false}},
	{access.ErrRevoked, answer{http.StatusUnauthorized, access.ErrRevoked.Error(), false}},
	{access.ErrScope, answer{http.StatusForbidden, access.ErrScope.Error(), false}},
	{errCursor, answer{http.StatusBadRequest, errCursor.Error(), false}},
	{errElsewhere, answer{http.StatusMisdirectedRequest, errElsewhere.Error(), false}},
	{errNoRecord, answer{http.StatusServiceUnavailable, errNoRecord.Error(), true}},
	{ledger.ErrFull, answer{http.StatusInsufficientStorage, "nothing can be put on the record, because the disk of the server is full; nothing was sent, and nothing done", true}},
	{ledger.ErrFailed, answer{http.StatusServiceUnavailable, "nothing can be put on the record; nothing was sent, and nothing done", true}},
	{ledger.ErrClosed, answer{http.StatusServiceUnavailable, "the server is going down", true}},
	{websub.ErrQuestion, answer{http.StatusBadRequest, websub.ErrQuestion.Error(), false}},
	{websub.ErrTooLarge, answer{http.StatusRequestEntityTooLarge, websub.ErrTooLarge.Error(), false}},
	{websub.ErrBusy, answer{http.StatusServiceUnavailable, websub.ErrBusy.Error(), true}},
	{cache.ErrNoClaim, answer{http.StatusNotFound, cache.ErrNoClaim.Error(), false}},
	{cache.ErrRevised, answer{http.StatusConflict, cache.ErrRevised.Error(), false}},
	{errUsedKey, answer{http.StatusConflict, errUsedKey.Error(), false}},
	{errMedia, answer{http.StatusUnsupportedMediaType, errMedia.Error(), false}},
	{errTooLong, answer{http.StatusRequestEntityTooLarge, errTooLong.Error(), false}},
	{errNotNow, answer{http.StatusConflict, errNotNow.Error(), false}},
	{errElsewhereForm, answer{http.StatusForbidden, errElsewhereForm.Error(), false}},
	{errJoining, answer{http.StatusServiceUnavailable, errJoining.Error(), true}},
	{errRestoring, answer{http.StatusServiceUnavailable, errRestoring.Error(), true}},
	{errLeft, answer{http.StatusServiceUnavailable, errLeft.Error(), true}},
	{errStale, answer{http.StatusServiceUnavailable, errStale.Error(), true}},
	{cache.ErrUnavailable, answer{http.StatusServiceUnavailable, "the store does not answer at the moment", true}},
	{context.DeadlineExceeded, answer{http.StatusServiceUnavailable, "the store did not answer in time", true}},
}

func answerTo(err error) answer {
	var wait *tooMany
	if errors.As(err, &wait) {
		return answer{http.StatusTooManyRequests, wait.why, false}
	}
	var gone *withdrawnItem
	if errors.As(err, &gone) {
		return answer{gone.status(), gone.Error(), false}
	}
	var filing *BadFiling
	if errors.As(err, &filing) {
		return answer{http.StatusUnprocessableEntity, filing.Error(), false}
	}
	var bad badRequest
	if errors.As(err, &bad) {
		return answer{http.StatusBadRequest, bad.Error(), false}
	}
	for _, a := range answers {
		if errors.Is(err, a.err) {
			return a.answer
		}
	}
	return answer{http.StatusInternalServerError, "something went wrong here", false}
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
	if a.status == http.StatusInternalServerError {
		s.log.Error("request failed", "path", shownPath(r), "error", err)
	}
	h := w.Header()
	h["Cache-Control"] = noStore
	h["X-Content-Type-Options"] = noSniff
	h["Content-Security-Policy"] = pagePolicy
	h["Vary"] = []string{"Accept, Authorization"}
	if a.retry {
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
