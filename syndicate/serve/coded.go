package serve

import (
	"net/http"
	"strconv"
	"sync/atomic"
)

// coded is a document in every content coding that makes it smaller. Each is made when somebody takes it first: where withdrawals
// come one after the other, an edition lives for less time than all of them would take. Nobody waits for that: who comes meanwhile gets
// the document as if there were no such coding.
type coded struct {
	plain []byte
	alone bool // it is not worth compressing
	forms [encodings]struct {
		taken atomic.Bool
		made  atomic.Pointer[[]byte] // nothing in it where that is not smaller
	}
}

// in returns the document in a coding, nil if that does not make it smaller; known is false while somebody else makes it.
func (c *coded) in(e encoding) (body []byte, known bool) {
	if e == identity {
		return c.plain, true
	}
	if c.alone || len(c.plain) < smallest {
		return nil, true
	}
	form := &c.forms[e]
	if made := form.made.Load(); made != nil {
		return *made, true
	}
	if !form.taken.CompareAndSwap(false, true) {
		return nil, false
	}
	if body = compress[e](c.plain); len(body) >= len(c.plain) {
		body = nil
	}
	form.made.Store(&body)
	return body, true
}

// variant is the document in one content coding, with the headers that say so.
type variant struct {
	body     []byte
	etag     []string
	length   []string
	encoding []string // nil for identity

	// The heads of the two answers as they stand on the wire, but for the date and the
	// empty line; see lane.go.
	ok, notModified []byte
}

// variant returns the document in a coding; nil if there is no use in that, or not yet.
func (r *representation) variant(e encoding) *variant {
	v := r.variants[e].Load()
	if v == nil {
		if v = r.prepare(e); v == nil {
			return nil
		}
		r.variants[e].Store(v)
	}
	if v.body == nil {
		return nil
	}
	return v
}

// prepare makes the headers of a variant; one without a body is of no use, and nil is not known yet.
func (r *representation) prepare(e encoding) *variant {
	body, known := r.coded.in(e)
	if !known {
		return nil
	}
	v := &variant{body: body, etag: r.etags[e], length: []string{strconv.Itoa(len(body))}}
	if e != identity {
		v.encoding = []string{encodingName[e]}
	}
	v.ok, v.notModified = wire(http.StatusOK, r.header(v, true)), wire(http.StatusNotModified, r.header(v, false))
	return v
}
