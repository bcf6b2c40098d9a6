package fetch

import (
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The bounds that hold unless Options say otherwise, and those that always do.
const (
	defaultMaxBytes = 8 << 20          // of a document, decompressed
	defaultTimeout  = 30 * time.Second // of a whole request
	maxRedirects    = 5
	maxHeaderBytes  = 64 << 10
	maxURL          = 2048
)

// accept names what we can read, best first.
const accept = "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"

// Options are how a Client asks.
type Options struct {
	// UserAgent is product, version and contact: "Reprint/1 (+https://example.org)".
	UserAgent string
	// Allow are ranges that may be fetched from though they are not public.
	Allow []netip.Prefix
	// MaxBytes bounds a document after decompression; 8 MiB where 0.
	MaxBytes int64
	// Timeout bounds a whole request, redirects and body included; 30 s where 0.
	Timeout time.Duration
	// Now is the clock that HTTP dates are compared with.
	Now func() time.Time
}

// Client fetches sources. It is safe for concurrent use.
type Client struct {
	o         Options
	transport http.RoundTripper
}

// New returns a Client. Its transport is the only one that reaches the network.
func New(o Options) (*Client, error) {
	return NewOver(transportOf(&net.Dialer{Timeout: 10 * time.Second, KeepAlive: -1, Control: NewGuard(o.Allow).Control}), o)
}

// transportOf returns the transport that dials with a dialer. No proxy is used: it would hide
// the address from the guard.
func transportOf(dialer *net.Dialer) *http.Transport {
	return &http.Transport{
		DialContext:            dialer.DialContext,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  15 * time.Second,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        10 * time.Second,
		DisableCompression:     true, // we decompress ourselves, within the bound
		ForceAttemptHTTP2:      true,
	}
}

// NewOver returns a Client that asks through a transport, which must not follow redirects,
// keep cookies or unpack bodies. Tests give it a publisher that lives in memory.
func NewOver(transport http.RoundTripper, o Options) (*Client, error) {
	if o.UserAgent == "" || o.Now == nil {
		return nil, errors.New("fetch: a client needs a User-Agent and a clock")
	}
	if o.MaxBytes == 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	return &Client{o: o, transport: transport}, nil
}

// Get asks for a source once. The error is an *[Error], or the context's.
func (c *Client) Get(ctx context.Context, r Request) (Response, error) {
	if !strings.HasPrefix(r.URL, "http://") && !strings.HasPrefix(r.URL, "https://") {
		return c.files(r)
	}
	u, err := url.Parse(r.URL)
	switch {
	case err != nil, u.Host == "", len(r.URL) > maxURL:
		return Response{}, &Error{Kind: BadURL, URL: showURL(r.URL), Err: errors.New("it is no web address")}
	case u.User != nil:
		return Response{}, &Error{Kind: BadURL, URL: showURL(r.URL), Err: errors.New("it holds a name or a password")}
	}
	bounded, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	response, err := c.get(bounded, r)
	if err != nil && ctx.Err() != nil {
		return Response{}, ctx.Err()
	}
	return response, err
}

func (c *Client) get(ctx context.Context, r Request) (Response, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, r.URL, nil)
	if err != nil {
		return Response{}, &Error{Kind: BadURL, URL: showURL(r.URL), Err: inner(err)}
	}
	request.Header.Set("User-Agent", c.o.UserAgent)
	request.Header.Set("Accept", cmp.Or(r.Accept, accept))
	request.Header.Set("Accept-Encoding", "gzip")
	r.validate(request)
	client := http.Client{Transport: c.transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		if err := checkRedirect(next, via); err != nil {
			return err
		}
		next.Header.Del("Referer")
		r.validate(next)
		return nil
	}}
	var server netip.Addr
	trace := &httptrace.ClientTrace{GotConn: func(g httptrace.GotConnInfo) {
		if to, err := netip.ParseAddrPort(g.Conn.RemoteAddr().String()); err == nil {
			server = to.Addr().Unmap()
		}
	}}
	answer, err := client.Do(request.WithContext(httptrace.WithClientTrace(ctx, trace)))
	if err != nil {
		return Response{}, &Error{Kind: classify(err), URL: showURL(r.URL), Err: inner(err), Server: server}
	}
	defer answer.Body.Close()
	return c.read(r, answer, server)
}

// validate sets the validators on a request to the address that they came from, and on no
// other. They go back byte for byte; servers compare them as strings.
func (r Request) validate(to *http.Request) {
	to.Header.Del("If-None-Match")
	to.Header.Del("If-Modified-Since")
	of := r.Of
	if of == "" {
		of = r.URL
	}
	if to.URL.String() != of {
		return
	}
	if r.ETag != "" {
		to.Header["If-None-Match"] = []string{r.ETag}
	}
	if r.LastModified != "" {
		to.Header["If-Modified-Since"] = []string{r.LastModified}
	}
}

// read makes a Response of an HTTP answer.
func (c *Client) read(r Request, answer *http.Response, server netip.Addr) (Response, error) {
	response := Response{
		Server:       server,
		URL:          answer.Request.URL.String(),
		Status:       answer.StatusCode,
		Header:       answer.Header,
		ETag:         answer.Header.Get("ETag"),
		LastModified: answer.Header.Get("Last-Modified"),
		Permanent:    permanent(answer),
		RetryAfter:   retryAfter(answer.Header.Get("Retry-After"), c.o.Now()),
	}
	switch {
	case answer.StatusCode == http.StatusNotModified && conditional(answer.Request):
		response.NotModified = true
		return response, nil
	case answer.StatusCode != http.StatusOK:
		return Response{}, &Error{
			Kind: BadStatus, URL: showURL(r.URL), Status: answer.StatusCode, RetryAfter: response.RetryAfter, Header: answer.Header, Server: server,
		}
	}
	body, err := c.body(answer)
	if err != nil {
		kind := classify(err)
		if kind == Connect {
			kind = BadBody
		}
		return Response{}, &Error{Kind: kind, URL: showURL(r.URL), Err: inner(err), Server: server}
	}
	response.Documents = []Document{{Name: response.URL, ContentType: answer.Header.Get("Content-Type"), Body: body}}
	return response, nil
}

// Locate finds the network address that a URL is on; "" if there is none.
func (c *Client) Locate(ctx context.Context, address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	bounded, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	found, err := net.DefaultResolver.LookupNetIP(bounded, "ip", u.Hostname())
	if err != nil || len(found) == 0 {
		return ""
	}
	return found[0].Unmap().String()
}

// conditional tells whether a request asked for changes only.
func conditional(r *http.Request) bool {
	return r.Header["If-None-Match"] != nil || r.Header["If-Modified-Since"] != nil
}

// body reads the answer's body, decompressed, up to the bound.
func (c *Client) body(answer *http.Response) ([]byte, error) {
	// Compressed bytes are bounded too: a stream that never yields anything still ends.
	var r io.Reader = io.LimitReader(answer.Body, c.o.MaxBytes+1)
	switch encoding := strings.ToLower(answer.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip", "x-gzip":
		z, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("gzip: %w", err)
		}
		defer z.Close()
		r = z
	default:
		return nil, fmt.Errorf("content encoding %q was not asked for", encoding)
	}
	body, err := readAll(io.LimitReader(r, c.o.MaxBytes+1))
	if int64(len(body)) > c.o.MaxBytes {
		return nil, fmt.Errorf("%w: over %d bytes", errTooLarge, c.o.MaxBytes)
	}
	return body, err
}

// readAll reads to the end like io.ReadAll, which would leave several times as much memory
// behind for a large document.
func readAll(r io.Reader) ([]byte, error) {
	pieces := [][]byte{make([]byte, 0, 32<<10)}
	for {
		last := &pieces[len(pieces)-1]
		if len(*last) == cap(*last) {
			pieces = append(pieces, make([]byte, 0, min(2*cap(*last), 1<<20)))
			continue
		}
		n, err := r.Read((*last)[len(*last):cap(*last)])
		*last = (*last)[:len(*last)+n]
		if err == io.EOF {
			return slices.Concat(pieces...), nil
		}
		if err != nil {
			return slices.Concat(pieces...), err
		}
	}
}

// checkRedirect decides whether a redirect is followed.
func checkRedirect(next *http.Request, via []*http.Request) error {
	last := via[len(via)-1]
	switch {
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: more than %d in a row", errRedirect, maxRedirects)
	case next.URL.Scheme != "http" && next.URL.Scheme != "https":
		return fmt.Errorf("%w: to scheme %q", errRedirect, next.URL.Scheme)
	case last.URL.Scheme == "https" && next.URL.Scheme == "http":
		return fmt.Errorf("%w: from https down to http", errRedirect)
	case next.URL.User != nil:
		return fmt.Errorf("%w: to an address with a name or a password", errRedirect)
	case len(next.URL.String()) > maxURL:
		return fmt.Errorf("%w: to an address of more than %d bytes", errRedirect, maxURL)
	}
	return nil
}

// permanent tells whether every redirect on the way was permanent, and there was one.
func permanent(answer *http.Response) bool {
	hops := 0
	for r := answer.Request; r.Response != nil; r = r.Response.Request {
		hops++
		if s := r.Response.StatusCode; s != http.StatusMovedPermanently && s != http.StatusPermanentRedirect {
			return false
		}
	}
	return hops > 0
}

// retryAfter reads the header of that name: seconds, or an HTTP date (RFC 9110 section
// 10.2.3). What cannot be read is 0.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	var seconds int64
	if _, err := fmt.Sscanf(value, "%d", &seconds); err == nil && strings.Trim(value, "0123456789 ") == "" {
		return time.Duration(min(seconds, 365*24*3600)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}
