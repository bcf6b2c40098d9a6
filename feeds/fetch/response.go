package fetch

import (
	"net/http"
	"net/netip"
	"time"
)

// Request asks for one source.
type Request struct {
	// URL is an http or https URL, or the path of a file or a directory.
	URL string
	// ETag and LastModified are the validators of the last answer, sent back byte for
	// byte. Both empty makes the request unconditional.
	ETag         string
	LastModified string
	// Of is the address that the last answer came from in the end; URL where empty. The
	// validators are sent there and nowhere else on the way.
	Of string
	// Accept is what the answer may be; feeds where empty.
	Accept string
}

// AcceptPage asks for a page for people.
const AcceptPage = "text/html, application/xhtml+xml;q=0.9"

// Response is one answer of a publisher, within all bounds.
type Response struct {
	// URL is where the answer came from in the end, after redirects. Relative links in
	// the documents are relative to it.
	URL string
	// Status is the HTTP status; 200 for files.
	Status int
	// NotModified tells that there is nothing new: 304, or files with the same dates
	// and sizes. There are no documents then.
	NotModified bool
	// Header is the answer's header; empty for files. It is evidence (license links,
	// TDM and usage headers) and holds the pacing hints.
	Header http.Header
	// ETag and LastModified are the validators to send next time.
	ETag         string
	LastModified string
	// Documents are what came: one from HTTP and from a file; from a directory one for
	// each feed file in it, by name.
	Documents []Document
	// Permanent tells that every redirect on the way was a permanent one, and there was
	// at least one.
	Permanent bool
	// RetryAfter is the publisher's wish not to be asked sooner; 0 if it has none.
	RetryAfter time.Duration
	// Server is the address that answered; the zero Addr for files.
	Server netip.Addr
}

// Document is the bytes of one feed.
type Document struct {
	// Name is the file's name, or the URL.
	Name string
	// ContentType is the HTTP header's value, with its charset; empty for files.
	ContentType string
	// Body is the document, decompressed, in its own charset.
	Body []byte
}
