package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"time"
)

// Kind says what went wrong with a fetch.
type Kind string

// The kinds of errors.
const (
	BadURL         Kind = "bad-url"         // not an address that can be fetched
	RefusedAddress Kind = "refused-address" // the guard refused the address
	DNS            Kind = "dns"             // the host has no address
	Connect        Kind = "connect"         // no connection
	TLS            Kind = "tls"             // no trusted connection
	Timeout        Kind = "timeout"         // the time was over
	TooLarge       Kind = "too-large"       // more bytes than the bound
	BadRedirect    Kind = "redirect"        // too many redirects, or one that is not followed
	BadStatus      Kind = "status"          // an answer that brings no feed
	BadBody        Kind = "body"            // an answer that breaks off or cannot be unpacked
	BadRobots      Kind = "robots"          // the site forbids it to us by name
	BadFile        Kind = "file"            // a file or directory that cannot be read
)

// Error is a fetch that brought nothing.
type Error struct {
	Kind Kind
	// URL is what was asked for, without its query, which may hold a secret.
	URL string
	// Status is the HTTP status where Kind is BadStatus.
	Status int
	// RetryAfter is the publisher's wish not to be asked sooner; 0 if it has none.
	RetryAfter time.Duration
	// Header is the answer's header where Kind is BadStatus, and Server the address that
	// it came from, if there was a connection.
	Header http.Header
	Server netip.Addr
	// Err is what happened; it may be nil.
	Err error
}

var (
	errRefused  = errors.New("address refused")
	errTooLarge = errors.New("too large")
	errRedirect = errors.New("redirect refused")
)

// Error says in one sentence what is wrong and what can be done.
func (e *Error) Error() string {
	switch e.Kind {
	case RefusedAddress:
		return fmt.Sprintf("%s leads to an address that is not public (%v); if it is yours, list its range under fetch.allow", e.URL, e.Err)
	case BadRobots:
		return fmt.Sprintf("robots.txt of the site forbids %s to us by name; ask the publisher, or write robots: ignore where a contract allows it", e.URL)
	case BadStatus:
		return fmt.Sprintf("%s answers %d; %s", e.URL, e.Status, statusAdvice(e.Status))
	case TooLarge:
		return fmt.Sprintf("%s is larger than the bound (%v); ask the publisher for a shorter feed", e.URL, e.Err)
	case Timeout:
		return fmt.Sprintf("%s did not answer in time; it is asked again later", e.URL)
	case DNS:
		return fmt.Sprintf("%s: the host has no address (%v); look whether it is spelled right", e.URL, e.Err)
	case TLS:
		return fmt.Sprintf("%s: no trusted connection (%v); the publisher's certificate or this machine's clock is wrong", e.URL, e.Err)
	case BadURL:
		return fmt.Sprintf("%s cannot be fetched (%v); write an http or https address", e.URL, e.Err)
	case BadFile:
		return fmt.Sprintf("%s cannot be read (%v); check the path and its permissions", e.URL, e.Err)
	}
	return fmt.Sprintf("%s: %s: %v", e.URL, e.Kind, e.Err)
}

// Unwrap returns what happened.
func (e *Error) Unwrap() error { return e.Err }

func statusAdvice(status int) string {
	switch {
	case status == 401 || status == 403:
		return "the publisher does not let us in; ask it about our User-Agent or for another address"
	case status == 404:
		return "the feed may have moved; look for its new address"
	case status == 410:
		return "the publisher took the feed away for good; remove the source or find its new address"
	case status == 429:
		return "the publisher wants to be asked less often; raise every"
	case status >= 500:
		return "the publisher has trouble; it is asked again later"
	}
	return "no feed came of it"
}

// classify gives what an HTTP client returned a kind.
func classify(err error) Kind {
	var dns *net.DNSError
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var record tls.RecordHeaderError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, errRefused):
		return RefusedAddress
	case errors.Is(err, errRedirect):
		return BadRedirect
	case errors.Is(err, errTooLarge):
		return TooLarge
	case errors.As(err, &dns):
		return DNS
	case errors.As(err, &verify), errors.As(err, &unknown), errors.As(err, &record):
		return TLS
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return Timeout
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
		return BadFile
	}
	return Connect
}

// inner drops the wrapping that repeats the whole URL, query included.
func inner(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// showURL returns an address without name, password, query and fragment.
func showURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "the address"
	}
	u.User, u.RawQuery, u.Fragment, u.ForceQuery = nil, "", "", false
	return u.String()
}
