package pull

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Client asks a publisher.
type Client struct {
	// Site is the publisher's address, without a slash at its end.
	Site  string
	Token string
	// HTTP sends the requests. It must not follow redirects: the token is for Site only.
	HTTP *http.Client
	// Rest waits; tests have one that does not.
	Rest func(ctx context.Context, d time.Duration) error
}

// NewClient returns a Client that does not follow redirects.
func NewClient(site, token string) *Client {
	return &Client{Site: strings.TrimSuffix(site, "/"), Token: token, Rest: rest, HTTP: &http.Client{
		Timeout:       40 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// rest waits, or returns when ctx is done.
func rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

const (
	maxBody   = 64 << 20
	attempts  = 6
	firstRest = time.Second
	mostRest  = 5 * time.Minute
)

// StatusError is an answer other than 200, also after asking again where that could help.
type StatusError struct {
	Status int
	Detail string // what the publisher says, if it says it as RFC 9457 wants it
}

// Error says both.
func (e *StatusError) Error() string {
	if e.Detail == "" {
		return fmt.Sprintf("the publisher answers %d", e.Status)
	}
	return fmt.Sprintf("the publisher answers %d: %s", e.Status, e.Detail)
}

// answer is a success.
type answer struct {
	body    []byte
	receipt string // Reprint-Receipt; empty where nothing was put on the record
}

// get asks for an address of the site, and asks again where that can help: after a rest that
// the publisher names, else one that doubles.
func (c *Client) get(ctx context.Context, path string) (answer, error) {
	pause := firstRest
	for n := 1; ; n++ {
		a, wait, err := c.once(ctx, path)
		if err == nil || wait < 0 || n == attempts || ctx.Err() != nil {
			return a, err
		}
		if wait == 0 {
			wait, pause = pause, 2*pause
		}
		if err := c.Rest(ctx, min(wait, mostRest)); err != nil {
			return a, err
		}
	}
}

// once asks once. wait is how long to wait before the next attempt: 0 where nobody says, below
// zero where none can help.
func (c *Client) once(ctx context.Context, path string) (a answer, wait time.Duration, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.Site+path, nil)
	if err != nil {
		return a, -1, err
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	r.Header.Set("User-Agent", "reprint-pull/1")
	response, err := c.HTTP.Do(r)
	if err != nil {
		return a, 0, withoutURL(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxBody+1))
	if err != nil {
		return a, 0, withoutURL(err)
	}
	if len(body) > maxBody {
		return a, -1, fmt.Errorf("the answer is larger than %d MB", maxBody>>20)
	}
	if response.StatusCode != http.StatusOK {
		return a, waitAfter(response), &StatusError{response.StatusCode, detailOf(body)}
	}
	return answer{body, response.Header.Get("Reprint-Receipt")}, 0, nil
}

// waitAfter reads from an answer whether and when to ask again.
func waitAfter(r *http.Response) time.Duration {
	switch {
	case r.StatusCode != http.StatusTooManyRequests && r.StatusCode < 500:
		return -1
	case r.StatusCode == http.StatusNotImplemented:
		return -1
	}
	seconds, err := strconv.Atoi(r.Header.Get("Retry-After"))
	if err != nil || seconds < 1 {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// detailOf reads the detail of a problem (RFC 9457).
func detailOf(body []byte) string {
	var problem struct {
		Detail string `json:"detail"`
	}
	_ = json.Unmarshal(body, &problem) // what is none says nothing
	return problem.Detail
}

// withoutURL keeps the address out of an error: errors are logged, and what was asked for is
// nobody's business.
func withoutURL(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
