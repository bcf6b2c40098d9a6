package syndicate

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Order is what somebody asked to have withdrawn, or put back. It is durable before the store hears
// of it, so that it is carried out even if the store does not answer, or the server ends, in
// between.
type Order struct {
	Key string `json:"key"` // makes asking twice the same as asking once
	// Targets are as they were named: items, source:ID, origin:NAME, picture:URL.
	Targets []string `json:"targets"`
	// Model is what the entries of all targets have in common.
	Model Withdrawal `json:"model"`
}

// Digest is the same for orders that ask for the same, whenever they do: two that differ must not share a key.
func (o Order) Digest() string {
	targets := make([]string, len(o.Targets))
	for i, text := range o.Targets {
		targets[i] = text
		if t, err := ParseTarget(text); err == nil {
			targets[i] = string(t)
		}
	}
	slices.Sort(targets)
	o.Model.At, o.Model.Seen = time.Time{}, 0
	text, _ := json.Marshal(Order{Targets: slices.Compact(targets), Model: o.Model}) // cannot fail: it was JSON, or will be
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:12])
}

// Mark names an order in the entries that carry it out: one that is found on a disk after a crash may have been carried out, and
// something else been ordered since.
func (o Order) Mark() string {
	sum := sha256.Sum256([]byte(o.Key + "\n" + o.Digest()))
	return hex.EncodeToString(sum[:markBytes])
}

const (
	markBytes = 6
	mostMarks = 8 // in an entry
)

// By is an entry as an order makes it.
func (w Withdrawal) By(mark string) Withdrawal {
	marks := append(strings.Fields(w.Orders), mark)
	w.Orders = strings.Join(marks[max(len(marks)-mostMarks, 0):], " ")
	return w
}

// HasBeenBy tells whether an entry, or one of the last before it, is by an order.
func (w Withdrawal) HasBeenBy(mark string) bool { return strings.Contains(w.Orders, mark) }

// Settlement is what became of an order.
type Settlement struct {
	Key string `json:"key"`
	// Digest is that of the order; empty where a version wrote it that did not keep it.
	Digest string `json:"digest,omitempty"`
	// Epoch is that of its last entry, 0 where it came to nothing for the Problem.
	Epoch   int64  `json:"epoch,omitempty"`
	Problem string `json:"problem,omitempty"`
	// Purge tells that the caches in front are to be purged for it, and Copies that copies of its items are to be
	// looked for.
	Purge  bool `json:"purge,omitempty"`
	Copies bool `json:"copies,omitempty"`
}

// Purge is what came of telling the caches in front of an order.
type Purge struct {
	Key     string `json:"key"`
	Tries   int    `json:"tries"`
	Problem string `json:"problem,omitempty"` // why it was given up
}
