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
	h["Cache-Control"] = d.cacheControl
	if left := d.until.Sub(now); !d.until.IsZero() && left < maxAge {
		h["Cache-Control"] = []string{cacheControl(left, false)}
	}
	h["Vary"] = varyEncoding
	if d.lastModified != nil {
		h["Last-Modified"] = d.lastModified
	}
	if d.links != nil {
		h["Link"] = d.links
	}
	if same, ok := d.notModified(r.Header, v); ok {
		h["Etag"] = same.etag
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h["Etag"] = v.etag
	h["Content-Type"] = d.contentType
	h["Content-Length"] = v.length
	h["Content-Security-Policy"] = d.policy
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
	if v.encoding != nil {
		h["Content-Encoding"] = v.encoding
	}
	if d.robots != nil {
		h["X-Robots-Tag"] = d.robots
	}
	if r.Method == http.MethodHead {
		return
	}
	writeJoined(w, r, v.body)
}

// maxAge is how long a cache may keep a feed, a page or an item before it asks again.
const maxAge = 5 * time.Minute

// retryAfter is when a client may come back after a 503.
var retryAfter = []string{strconv.Itoa(5)}
