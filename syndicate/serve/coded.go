package serve

import (
	"net/http"
	"strconv"
	"sync"
)

// coded is a document in every content coding that makes it smaller. Each is made when somebody takes it first: where withdrawals
// come one after the other, an edition lives for less time than all of them would take.
type coded struct {
	plain []byte
	alone bool // it is not worth compressing
	forms [encodings]struct {
		once sync.Once
		body []byte
	}
}

// in returns the document in a coding; nil if that does not make it smaller.
func (c *coded) in(e encoding) []byte {
	if e == identity {
		return c.plain
	}
	if c.alone || len(c.plain) < smallest {
		return nil
	}
	form := &c.forms[e]
	form.once.Do(func() {
		if body := compress[e](c.plain); body != nil && len(body) < len(c.plain) {
			form.body = body
		}
	})
	return form.body
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

// prepared is a variant once somebody has taken it.
type prepared struct {
	once sync.Once
	made *variant // nil if there is none
}

// variant returns the document in a coding; nil if there is no use in that.
func (r *representation) variant(e encoding) *variant {
	p := &r.variants[e]
	p.once.Do(func() { p.made = r.prepare(e) })
	return p.made
}

func (r *representation) prepare(e encoding) *variant {
	body := r.coded.in(e)
	if body == nil {
		return nil
	}
	v := &variant{body: body, etag: r.etags[e], length: []string{strconv.Itoa(len(body))}}
	if e != identity {
		v.encoding = []string{encodingName[e]}
	}
	v.ok, v.notModified = wire(http.StatusOK, r.header(v, true)), wire(http.StatusNotModified, r.header(v, false))
	return v
}
