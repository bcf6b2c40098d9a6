package pull

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// change is one entry of the publisher's log.
type change struct {
	Change    string          `json:"change"`
	Item      string          `json:"item"`
	URI       string          `json:"uri,omitempty"`
	Form      string          `json:"form"`
	Reason    string          `json:"reason"`
	Agreement string          `json:"agreement,omitempty"`
	At        time.Time       `json:"at"`
	Until     time.Time       `json:"until,omitzero"`
	Content   json.RawMessage `json:"content,omitempty"`
}

// page is a page of the log.
type page struct {
	Begun   bool     `json:"begun"`
	Changes []change `json:"changes"`
	Cursor  string   `json:"cursor"`
	More    bool     `json:"more"`
}

// Result counts what a pull did.
type Result struct {
	Written  int `json:"written"`  // items whose files were written
	Removed  int `json:"removed"`  // items whose files were deleted
	Receipts int `json:"receipts"` // receipts that were checked and kept
	// Owed is how many receipts could not be fetched yet; they are asked for at the next pull.
	Owed int `json:"owed,omitempty"`
}

// Options say how to pull.
type Options struct {
	Limit int           // changes a page; 0 is the publisher's usual
	Wait  time.Duration // how long the publisher may wait for something new
}

// Once brings a directory up to date: it asks until there is no more.
func Once(ctx context.Context, c *Client, dir *Dir, o Options) (Result, error) {
	var total Result
	for {
		more, err := step(ctx, c, dir, o, &total)
		if err != nil || !more {
			return total, err
		}
		o.Wait = 0
	}
}

// step takes in one page.
func step(ctx context.Context, c *Client, dir *Dir, o Options, total *Result) (more bool, err error) {
	query := url.Values{}
	if dir.state.Cursor != "" {
		query.Set("after", dir.state.Cursor)
	}
	if o.Limit > 0 {
		query.Set("limit", fmt.Sprint(o.Limit))
	}
	if o.Wait > 0 {
		query.Set("wait", fmt.Sprint(int(o.Wait/time.Second)))
	}
	a, err := c.get(ctx, "/partner/changes?"+query.Encode())
	var refused *StatusError
	if errors.As(err, &refused) && refused.Status == http.StatusBadRequest && dir.state.Cursor != "" {
		dir.state.Cursor = "" // the publisher does not know it any more, and tells everything anew
		return true, nil
	}
	if err != nil {
		return false, err
	}
	var p page
	if err := json.Unmarshal(a.body, &p); err != nil {
		return false, fmt.Errorf("the answer is no page of changes: %w", err)
	}
	if p.Begun {
		dir.begin()
	}
	if err := take(dir, p, total); err != nil {
		return false, err
	}
	if a.receipt != "" {
		dir.state.Owed = append(dir.state.Owed, owed{a.receipt, digestOf(a.body)})
	}
	if err := collect(ctx, c, dir, total); err != nil {
		return false, err
	}
	if !p.More {
		removed, err := dir.sweep()
		total.Removed += removed
		if err != nil {
			return false, err
		}
	}
	dir.state.Cursor = p.Cursor
	return p.More, dir.save()
}

// take writes and deletes the files of a page.
func take(dir *Dir, p page, total *Result) error {
	for _, c := range p.Changes {
		if !itemID.MatchString(c.Item) {
			return fmt.Errorf("%q is no id of an item: nothing is written under such a name", c.Item)
		}
		if c.Change == "removed" || len(c.Content) == 0 {
			removed, err := dir.remove(c.Item)
			if err != nil {
				return err
			}
			if removed {
				total.Removed++
			}
			continue
		}
		if err := dir.write(c); err != nil {
			return err
		}
		total.Written++
	}
	return nil
}

// itemID is what an id of an item looks like. It is a name of files here.
var itemID = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
