package serve

import (
	"net/http"
	"strconv"
	"time"
)

// Header values that every response shares. Handlers put the slices into the header map as
// they are, which costs no allocation; nobody may change them.
var (
	varyEncoding = []string{"Accept-Encoding"}
	noSniff      = []string{"nosniff"}
	noReferrer   = []string{"no-referrer"}
)

// release sends a representation. Every response that carries items passes here, and is
// looked at for the last time: what may no longer be sent never is.
func (s *Server) release(w http.ResponseWriter, r *http.Request, d *representation) {
	now := s.now()
	if !d.until.IsZero() && !now.Before(d.until) {
		s.fail(w, r, errStale)
		return
	}
	h := w.Header()
	v := d.choose(r.Header["Accept-Encoding"])
	same, unchanged := d.notModified(conditionOf(r.Header), v)
	if unchanged {
		v = same
	}
	d.describe(h, v)
	if left := d.until.Sub(now); !d.until.IsZero() && left < maxAge {
		h["Cache-Control"] = []string{cacheControl(left, false)}
	}
	if unchanged {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	d.describeBody(h, v)
	if r.Method != http.MethodHead {
		writeJoined(w, r, v.body)
	}
}

// maxAge is how long a cache may keep a feed, a page or an item before it asks again.
const maxAge = 5 * time.Minute

// retryAfter is when a client may come back after a 503.
var retryAfter = []string{strconv.Itoa(5)}
