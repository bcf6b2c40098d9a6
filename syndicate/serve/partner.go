package serve

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"reprint/syndicate"
	"reprint/syndicate/access"
)

// Partners is what is configured of the partners besides their agreements.
type Partners struct {
	// Tokens are their credentials; nil where nobody has any.
	Tokens *access.Book
	// Rates is how many requests a minute each may make, by id.
	Rates map[string]int
}

// principal is a partner who asks, with what it showed. A nil principal is the public.
type principal struct {
	*seat
	token access.Token
}

// What can be wrong with who asks.
var (
	errCredentials = errors.New("this address is for partners: send partner id and token")
	errNoRecord    = errors.New("nothing can be put on the record here, so nothing licensed is given")
)

// tooMany tells that somebody must wait.
type tooMany struct {
	wait time.Duration
	why  string
}

func (e *tooMany) Error() string { return e.why }

// who finds out who asks. Without credentials it is the public. What can be found out in
// memory is; the store is asked last, and for who holds a valid token only.
func (s *Server) who(w http.ResponseWriter, r *http.Request, t *site) (*principal, error) {
	headers := r.Header["Authorization"]
	if len(headers) == 0 {
		return nil, nil
	}
	credential, err := access.ParseHeader(headers[0])
	if err == nil && len(headers) > 1 {
		err = access.ErrMalformed
	}
	if err == nil && t.partners.Tokens == nil {
		err = access.ErrWrong
	}
	var token access.Token
	if err == nil {
		token, err = t.partners.Tokens.Find(credential, s.revoked.known(), s.now())
	}
	if err != nil {
		return nil, s.refuse(r, credential.Partner, err)
	}
	return s.admit(w, r, t.seats[syndicate.Audience(token.Partner)], t, token)
}

// refuse counts a failure and says what is wrong, or to wait.
func (s *Server) refuse(r *http.Request, partner string, err error) error {
	s.metrics.refused.Inc()
	from, _ := netip.ParseAddrPort(r.RemoteAddr)
	if wait, ok := s.failures.Failed(from.Addr(), partner, s.now()); !ok {
		return &tooMany{wait, "too many credentials that were wrong"}
	}
	return err
}

// admit lets a token in, if it was not revoked as far as the store knows, and if the partner
// has not asked too often.
func (s *Server) admit(w http.ResponseWriter, r *http.Request, at *seat, t *site, token access.Token) (*principal, error) {
	if at == nil {
		return nil, access.ErrWrong
	}
	if s.ledger == nil {
		return nil, errNoRecord
	}
	rate := max(t.partners.Rates[token.Partner], 1)
	quota, ok := s.rates.Take(token.Partner, rate, s.now())
	h := w.Header()
	h["Ratelimit-Policy"] = []string{fmt.Sprintf(`"partner";q=%d;w=60`, quota.Limit)}
	h["Ratelimit"] = []string{fmt.Sprintf(`"partner";r=%d;t=%d`, quota.Left, access.Seconds(quota.Reset))}
	if !ok {
		return nil, &tooMany{quota.Wait, "more requests than the " + strconv.Itoa(rate) + " a minute that are agreed"}
	}
	revoked, err := s.revoked.current(r.Context(), s.now())
	if err != nil {
		return nil, err
	}
	if _, gone := revoked[access.Key{Partner: token.Partner, Token: token.ID}]; gone {
		return nil, s.refuse(r, token.Partner, access.ErrRevoked)
	}
	return &principal{at, token}, nil
}

// forAnyone makes a handler for readers and for partners, who get what is theirs. channel
// is the id of the channel that a request is about, empty for none, for tokens that are bound to some. The answer is made
// again if something is withdrawn while it is made: nobody hears of what happened to stories that he did not ask for.
func (s *Server) forAnyone(t *site, channel string, f access.Format, answer func(http.ResponseWriter, *http.Request, *principal) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := s.who(w, r, t)
		if err == nil && p != nil && channel != "" && !p.token.Allows(channel, f) {
			err = access.ErrScope
		}
		if err == nil {
			err = s.again(r, func() error { return answer(w, r, p) })
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}

// forPartners makes a handler for partners only.
func (s *Server) forPartners(t *site, answer func(http.ResponseWriter, *http.Request, *principal) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := s.who(w, r, t)
		switch {
		case err == nil && p == nil:
			err = errCredentials
		case err == nil && !p.token.Allows("", access.API):
			err = access.ErrScope
		case err == nil:
			if err = s.ensureLease(r.Context()); err == nil {
				err = answer(w, r, p)
			}
		}
		if err != nil {
			s.fail(w, r, err)
		}
	})
}
