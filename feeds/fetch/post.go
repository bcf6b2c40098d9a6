package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"

	"reprint/feeds"
)

// maxReply is how much of the answer to a message is read, for its words.
const maxReply = 1024

// Message is what is posted to somebody.
type Message struct {
	Header http.Header // besides User-Agent; Content-Type among them
	Body   []byte
}

// Post sends a form, as to a hub.
func (c *Client) Post(ctx context.Context, address string, form url.Values) error {
	return c.Send(ctx, address, Message{http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, []byte(form.Encode())})
}

// Send posts a message, under the same guard as every request. An answer of 2xx is
// a success. A redirect is followed if it keeps the method (307, 308), because every other
// would turn the request into something else. The error is an *[Error], or the context's.
func (c *Client) Send(ctx context.Context, address string, m Message) error {
	bounded, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	err := c.send(bounded, address, m)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

func (c *Client) send(ctx context.Context, address string, m Message) error {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(address) > maxURL {
		return &Error{Kind: BadURL, URL: showURL(address), Err: errors.New("it is no web address")}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(m.Body))
	if err != nil {
		return &Error{Kind: BadURL, URL: showURL(address), Err: inner(err)}
	}
	maps.Copy(request.Header, m.Header)
	request.Header.Set("User-Agent", c.o.UserAgent)
	client := http.Client{Transport: c.transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		next.Header.Del("Referer")
		if next.Method != http.MethodPost {
			return fmt.Errorf("%w: %d would turn the message into something else", errRedirect, next.Response.StatusCode)
		}
		return checkRedirect(next, via)
	}}
	answer, err := client.Do(request)
	if err != nil {
		return &Error{Kind: classify(err), URL: showURL(address), Err: inner(err)}
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 200 && answer.StatusCode < 300 {
		return nil
	}
	e := &Error{
		Kind: BadStatus, URL: showURL(address), Status: answer.StatusCode, Header: answer.Header,
		RetryAfter: retryAfter(answer.Header.Get("Retry-After"), c.o.Now()),
	}
	if reply, _ := io.ReadAll(io.LimitReader(answer.Body, maxReply)); len(reply) > 0 {
		e.Err = fmt.Errorf("it says %q", feeds.Cut(feeds.OneLine(string(reply)), 200))
	}
	return e
}
