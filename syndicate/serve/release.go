package serve

import (
	"errors"
	"net/http"
	"time"
)

// Header values that every response shares. Handlers put the slices into the header map as
// they are, which costs no allocation; nobody may change them.
var (
	varyEncoding = []string{"Accept-Encoding"}
	// An address at which partners get another document than the public.
	varyAuthorization = []string{"Accept-Encoding, Authorization"}

	noSniff    = []string{"nosniff"}
	noReferrer = []string{"no-referrer"}
)

// release sends a representation, after the look for the last time: what may no longer be sent never is, and what goes
// to a partner is on the record first. After an error nothing was sent. p is nil for the public, and m for what carries no items. Whatever carries items
// and is no representation asks lastMoment before it is sent too, as the lane does.
func (s *Server) release(w http.ResponseWriter, r *http.Request, d *representation, p *principal, m *manifest) error {
	v := d.choose(r.Header["Accept-Encoding"]) // before the last look: the first one who takes a coding makes it
	same, unchanged := d.notModified(conditionOf(r.Header), v)
	now := s.now()
	if d.isOver(now) {
		return errStale
	}
	if err := s.lastMoment(d.decided, now); err != nil {
		return err
	}
	if d.private && p == nil {
		return errNotPublic
	}
	h := w.Header()
	if unchanged {
		v = same
	} else if p != nil && m != nil && r.Method != http.MethodHead {
		if err := s.record(w, r, p, m, d.digest, d.decided); err != nil {
			return err
		}
	}
	d.describe(h, v)
	if unchanged {
		if p != nil {
			s.metrics.unchanged.WithLabelValues(p.partner).Inc()
		}
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	d.describeBody(h, v)
	if r.Method != http.MethodHead {
		writeJoined(w, r, v.body)
	}
	return nil
}

// againFor is for how long an answer is made again: longer than stories are withdrawn one right after the other, and
// shorter than who asks has patience for.
const againFor = 2 * time.Second

// again makes an answer until nothing was withdrawn while it was made. The first time counts for nothing: who waits for
// something to happen may have waited for long.
func (s *Server) again(r *http.Request, tell func() error) error {
	err := tell()
	for end := s.now().Add(againFor); errors.Is(err, errStale) && r.Context().Err() == nil && s.now().Before(end); {
		err = tell()
	}
	return err
}

// errNotPublic tells that a document of partners was about to go to the public: a mistake of
// ours, which ends here.
var errNotPublic = errors.New("a document of partners was about to go to the public")

// maxAge is how long a cache may keep what carries no items before it asks again.
const maxAge = 5 * time.Minute

// retryAfter is when a client may come back after a 503.
var retryAfter = []string{"5"}
