package serve

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// representation is one document, ready to be sent. What it says never changes once it is made, so
// that any number of requests can share it, its header values included.
type representation struct {
	contentType  []string
	cacheControl []string
	lastModified []string // empty where only the ETag validates
	links        []string
	robots       []string
	policy       []string // Content-Security-Policy, for pages
	cacheTag     []string // nil where caches in front are not purged by tag
	surrogateKey []string // the same
	etags        [encodings][]string
	coded        *coded
	variants     [encodings]atomic.Pointer[variant]
	until        time.Time // from then on it must not be sent; zero is never
	vary         []string
	private      bool       // for partners
	decided      *decidable // what carries items; nil for what carries none
	digest       string     // SHA-256 of the document, as it goes on the record
}

// document is what a representation is made from.
type document struct {
	contentType string
	body        []byte
	modified    time.Time     // zero where nobody knows
	maxAge      time.Duration // how long caches may keep it, where it carries no items
	immutable   bool          // it never changes under its address
	once        bool          // made for one request: not worth compressing
	until       time.Time
	links       []string
	robots      string
	decided     *decidable      // of what carries items
	mine        bool            // partners get another document at the same address
	private     string          // key of the partners' view that it is of; empty for the public's
	tags        []string        // of what it holds, for caches in front; none where these are not purged
	before      *representation // the last one of its kind; nil for none
	page        bool            // a page for people, which may load our style sheet and the item's pictures
}

// newRepresentation prepares a document: hashes it, and makes its header values.
// The validators are strong and come from the bytes themselves, so that whatever changes
// what is sent changes them: an item that was withdrawn, a rule, a template.
func newRepresentation(d document) *representation {
	sum := sha256.Sum256(d.body)
	tag := tagOf(sum, d.private)
	r := &representation{
		contentType:  []string{d.contentType},
		cacheControl: []string{cacheControl(d.maxAge, d.immutable)},
		vary:         varyEncoding,
		private:      d.private != "",
		decided:      d.decided,
		digest:       hex.EncodeToString(sum[:]),
		links:        d.links,
		until:        d.until,
		policy:       documentPolicy,
	}
	if d.page {
		r.policy = pagePolicy
	}
	if d.decided != nil || !d.until.IsZero() || d.private != "" { // it can be over at any moment: who keeps it must ask each time
		r.cacheControl = cacheAsking[d.private != ""]
	}
	if len(d.tags) > 0 {
		r.cacheTag, r.surrogateKey = []string{strings.Join(d.tags, ",")}, []string{strings.Join(d.tags, " ")}
	}
	if d.mine || d.private != "" {
		r.vary = varyAuthorization
	}
	if !d.modified.IsZero() {
		r.lastModified = []string{d.modified.UTC().Format(http.TimeFormat)}
	}
	if d.robots != "" {
		r.robots = []string{d.robots}
	}
	for e := range r.etags {
		r.etags[e] = []string{`"` + tag + etagSuffix[e] + `"`}
	}
	if r.coded = (&coded{plain: d.body, alone: d.once}); d.before != nil && d.before.digest == r.digest {
		r.coded = d.before.coded
	}
	return r
}

// cacheAsking is for what carries items, of the public (false) and of partners: it may be kept,
// and must be asked for again every time (RFC 9111 section 5.2.2.4).
var cacheAsking = map[bool][]string{false: {"public, no-cache"}, true: {"private, no-cache"}}

// tagOf makes the validator of a document. Those of two views differ even if the documents
// do not, so that none is ever good for the other.
func tagOf(body [sha256.Size]byte, view string) string {
	if view != "" {
		body = sha256.Sum256(append(body[:], view...))
	}
	return hex.EncodeToString(body[:12])
}

// header is the header of an answer: the whole one, or that of a 304.
func (r *representation) header(v *variant, whole bool) http.Header {
	h := make(http.Header)
	r.describe(h, v)
	if whole {
		r.describeBody(h, v)
	}
	return h
}

// isOver tells whether the document may no longer be sent.
func (r *representation) isOver(now time.Time) bool { return !r.until.IsZero() && !now.Before(r.until) }

// describe sets what every answer says of the document.
func (r *representation) describe(h http.Header, v *variant) {
	h["Cache-Control"] = r.cacheControl
	h["Etag"] = v.etag
	h["Vary"] = r.vary
	if r.lastModified != nil {
		h["Last-Modified"] = r.lastModified
	}
	if r.links != nil {
		h["Link"] = r.links
	}
}

// describeBody sets what an answer with the document says besides.
func (r *representation) describeBody(h http.Header, v *variant) {
	h["Content-Type"] = r.contentType
	h["Content-Length"] = v.length
	h["Content-Security-Policy"] = r.policy
	h["X-Content-Type-Options"] = noSniff
	h["Referrer-Policy"] = noReferrer
	if v.encoding != nil {
		h["Content-Encoding"] = v.encoding
	}
	if r.robots != nil {
		h["X-Robots-Tag"] = r.robots
	}
	if r.cacheTag != nil {
		h["Cache-Tag"], h["Surrogate-Key"] = r.cacheTag, r.surrogateKey
	}
}

// cacheControl writes the header of what carries no items.
func cacheControl(age time.Duration, immutable bool) string {
	seconds := strconv.Itoa(int(age / time.Second))
	if immutable {
		return "public, max-age=" + seconds + ", immutable"
	}
	return "public, max-age=" + seconds + ", must-revalidate"
}

// What a browser may load with a document of ours. Feeds are no pages; should a browser
// show one as such, it may load nothing at all.
var (
	documentPolicy = []string{"default-src 'none'; sandbox; frame-ancestors 'none'"}
	pagePolicy     = []string{"default-src 'none'; style-src 'self'; img-src http: https:; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"}
)
