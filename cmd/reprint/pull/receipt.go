package pull

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"regexp"
	"strings"
	"time"

	"reprint/syndicate/ledger"
)

// receiptID is what Reprint-Receipt looks like: the ledger and the number of the entry.
var receiptID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9]+$`)

// owed is a receipt that is still to be fetched.
type owed struct {
	ID   string `json:"id"`
	Body string `json:"body"` // SHA-256 of the page that it is for
}

// mostOwed bounds how many receipts are asked for again. A ledger that was lost never shows its own.
const mostOwed = 1000

// collect fetches the receipts that are owed. Each of a publisher's servers has a ledger of its own: where the one that
// gave a page cannot be asked now, its receipt stays owed, and the page is kept: what may be shown does not wait for
// the proof that it was asked for. A receipt that proves something else is an error.
func collect(ctx context.Context, c *Client, dir *Dir, total *Result) error {
	due := dir.state.Owed
	dir.state.Owed = nil
	away := make(map[string]bool) // ledgers
	for _, o := range due {
		id, _, _ := strings.Cut(o.ID, "-")
		err := errElsewhere
		if !away[id] {
			err = keepReceipt(ctx, c, dir, o)
		}
		var refused *StatusError
		switch {
		case err == nil:
			total.Receipts++
		case errors.As(err, &refused), errors.Is(err, errElsewhere):
			away[id] = true
			dir.state.Owed = append(dir.state.Owed, o)
		default:
			return err
		}
	}
	if more := len(dir.state.Owed) - mostOwed; more > 0 {
		dir.state.Owed = dir.state.Owed[more:]
	}
	total.Owed = len(dir.state.Owed)
	return nil
}

// keepReceipt fetches a receipt, checks it, and keeps it.
func keepReceipt(ctx context.Context, c *Client, dir *Dir, o owed) error {
	if !receiptID.MatchString(o.ID) {
		return fmt.Errorf("%q is no number of a receipt", o.ID)
	}
	a, err := c.around(ctx, "/partner/receipts/"+o.ID, func(answer) bool { return true })
	if err != nil {
		return fmt.Errorf("receipt %s: %w", o.ID, err)
	}
	receipt, err := ledger.ReadReceipt(a.body)
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(o.ID, "-")
	key, err := publicKey(ctx, c, dir, id)
	if err != nil {
		return err
	}
	entry, _, err := receipt.Check(key)
	if err != nil {
		return fmt.Errorf("receipt %s proves nothing: %w", o.ID, err)
	}
	if fmt.Sprintf("%s-%d", receipt.Ledger, entry.N) != o.ID || entry.Pulled == nil || entry.Pulled.Body != o.Body {
		return fmt.Errorf("receipt %s is not for what was received", o.ID)
	}
	return dir.put(a.body, "receipts", o.ID+".json")
}

// publicKey returns the key of a ledger: the one that is kept, else the one that the publisher
// names now, which is then kept. Who changes the record later cannot change that.
func publicKey(ctx context.Context, c *Client, dir *Dir, id string) (string, error) {
	text, err := os.ReadFile(dir.file("keys", id+".pub"))
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var self struct {
		Ledger struct {
			ID  string `json:"id"`
			Key string `json:"public_key"`
		} `json:"ledger"`
	}
	if _, err := c.around(ctx, "/partner", func(a answer) bool {
		return json.Unmarshal(a.body, &self) == nil && self.Ledger.ID == id
	}); err != nil {
		return "", fmt.Errorf("the key of ledger %s: %w", id, err)
	}
	return self.Ledger.Key, dir.put([]byte(self.Ledger.Key+"\n"), "keys", id+".pub")
}

// errElsewhere tells that none of the servers that could be reached has what was asked for.
var errElsewhere = errors.New("it is at another server of the publisher, which cannot be reached now")

// Behind a load balancer every request may come to another server.
const (
	askAround  = 20
	aroundRest = 20 * time.Millisecond
)

// around asks until an answer is the one, on a new connection each time: some load balancers stay with a server for as
// long as a connection lasts.
func (c *Client) around(ctx context.Context, path string, is func(answer) bool) (answer, error) {
	for range askAround {
		a, err := c.get(ctx, path)
		var refused *StatusError
		misdirected := errors.As(err, &refused) && refused.Status == http.StatusMisdirectedRequest
		switch {
		case err != nil && !misdirected:
			return a, err
		case err == nil && is(a):
			return a, nil
		}
		c.HTTP.CloseIdleConnections()
		if err := c.Rest(ctx, aroundRest); err != nil {
			return a, err
		}
	}
	return answer{}, errElsewhere
}
