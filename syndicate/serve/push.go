package serve

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"reprint/feeds/websub"
)

// Receiver takes what hubs send to the addresses that they were given (WebSub). Its errors
// are those of package websub, or wrap cache.ErrUnavailable, or say what is wrong with the
// hub's question.
type Receiver interface {
	// Confirm answers a hub that asks whether a subscription is wanted.
	Confirm(ctx context.Context, source, token string, query url.Values) (answer string, err error)
	// Deliver takes a document. It returns as soon as the document is safe to be read later.
	Deliver(ctx context.Context, source, token string, header http.Header, body io.Reader) error
}

// pushRoutes are where hubs call. The token in the path is the only credential, so the
// path is not logged, and a wrong one is told apart from nothing.
func (s *Server) pushRoutes() []route {
	if s.push == nil {
		return nil
	}
	const pattern = "/push/{source}/{token}"
	return []route{
		{pattern: pattern, audience: hubs, handler: http.HandlerFunc(s.confirm)},
		{pattern: pattern, method: http.MethodPost, audience: hubs, handler: http.HandlerFunc(s.deliver)},
	}
}

// confirm answers the verification of intent and takes denials (section 5.3).
func (s *Server) confirm(w http.ResponseWriter, r *http.Request) {
	answer, err := s.push.Confirm(r.Context(), r.PathValue("source"), r.PathValue("token"), r.URL.Query())
	if err != nil {
		s.fail(w, r, hubError(err, errNotFound))
		return
	}
	h := w.Header()
	h["Cache-Control"], h["X-Content-Type-Options"] = noStore, noSniff
	h["Content-Type"] = []string{"text/plain; charset=utf-8"}
	h["Content-Security-Policy"] = documentPolicy
	_, _ = io.WriteString(w, answer)
}

// deliver takes a document (section 7). 410 tells the hub to stop.
func (s *Server) deliver(w http.ResponseWriter, r *http.Request) {
	err := s.push.Deliver(r.Context(), r.PathValue("source"), r.PathValue("token"), r.Header, r.Body)
	if err != nil {
		s.fail(w, r, hubError(err, errStop))
		return
	}
	w.Header()["Cache-Control"] = noStore
	w.WriteHeader(http.StatusAccepted)
}

// hubError turns what is not ours to explain into what a hub should do.
func hubError(err, unknown error) error {
	switch {
	case errors.Is(err, websub.ErrNoSubscription):
		return unknown
	case errors.Is(err, websub.ErrUnwanted):
		return errNotFound
	}
	return err
}
