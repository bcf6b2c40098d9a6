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

// maxAnswer is how much of the answer to a question is read.
const maxAnswer = 8 << 20

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
	_, err := c.within(ctx, address, m, 0)
	return err
}

// Ask posts a message as [Client.Send] does, and returns the answer, up to 8 MiB of it.
func (c *Client) Ask(ctx context.Context, address string, m Message) ([]byte, error) {
	return c.within(ctx, address, m, maxAnswer)
}

// within posts a message within the time of one request.
func (c *Client) within(ctx context.Context, address string, m Message, keep int64) ([]byte, error) {
	bounded, cancel := context.WithTimeout(ctx, c.o.Timeout)
	defer cancel()
	answer, err := c.send(bounded, address, m, keep)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return answer, err
}

// send posts a message, and returns so much of the answer.
func (c *Client) send(ctx context.Context, address string, m Message, keep int64) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || len(address) > maxURL {
		return nil, &Error{Kind: BadURL, URL: showURL(address), Err: errors.New("it is no web address")}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(m.Body))
	if err != nil {
		return nil, &Error{Kind: BadURL, URL: showURL(address), Err: inner(err)}
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
		return nil, &Error{Kind: classify(err), URL: showURL(address), Err: inner(err)}
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 200 && answer.StatusCode < 300 {
		text, err := io.ReadAll(io.LimitReader(answer.Body, keep))
		if err != nil {
			return nil, &Error{Kind: classify(err), URL: showURL(address), Err: inner(err)}
		}
		return text, nil
	}
	e := &Error{
		Kind: BadStatus, URL: showURL(address), Status: answer.StatusCode, Header: answer.Header,
		RetryAfter: retryAfter(answer.Header.Get("Retry-After"), c.o.Now()),
	}
	if reply, _ := io.ReadAll(io.LimitReader(answer.Body, maxReply)); len(reply) > 0 {
		e.Err = fmt.Errorf("it says %q", feeds.Cut(feeds.OneLine(string(reply)), 200))
	}
	return nil, e
}
