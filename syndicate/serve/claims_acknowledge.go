package serve

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"reprint/syndicate"
	"reprint/syndicate/claim"
)

// DecidedClaim is a claim to which something has happened, and how far that has got.
type DecidedClaim struct {
	ClaimStatus
	Order   string   `json:"order,omitempty"` // the key of the last order for it
	Epoch   int64    `json:"epoch,omitempty"`
	Level   string   `json:"level"`
	Waiting []string `json:"waiting,omitempty"`
	Purge   *Purging `json:"purge,omitempty"`
}

// NewDecidedClaim puts both together.
func NewDecidedClaim(c ClaimStatus, a Acknowledgment) DecidedClaim {
	return DecidedClaim{ClaimStatus: c, Order: a.Key, Epoch: a.Epoch, Level: a.Level, Waiting: a.Waiting, Purge: a.Purge}
}

// Acknowledgment is how far it has got.
func (d DecidedClaim) Acknowledgment() Acknowledgment {
	return Acknowledgment{Epoch: d.Epoch, Key: d.Order, Level: d.Level, Waiting: d.Waiting, Purge: d.Purge}
}

// acknowledgeClaim waits until what a claim has withdrawn or put back is everywhere and the caches in front are purged, for as long as
// ctx allows. Where several orders were given for it, what is said is of one that is not everywhere.
func (s *Server) acknowledgeClaim(ctx context.Context, c claim.Claim, kind claim.Kind) (Acknowledgment, error) {
	e, _ := c.Last(kind)
	if e.Order == "" { // nothing had to be withdrawn or put back
		return Acknowledgment{Level: LevelEverywhere}, nil
	}
	waits, became := s.orders.beginning(e.Order)
	if waits != "" {
		return Acknowledgment{Key: waits, Level: LevelJournaled}, nil
	}
	last := withdrawAnswer{}
	for _, one := range became {
		if last = s.acknowledge(ctx, one); !last.IsOver() {
			return last.Acknowledgment, nil
		}
	}
	if len(became) > 0 {
		return last.Acknowledgment, nil
	}
	standing, err := ClaimEntries(ctx, s.store, c) // another server carried it out, or it was so before
	if err != nil {
		return Acknowledgment{}, err
	}
	one := settled{Settlement: syndicate.Settlement{Key: e.Order, Epoch: LastEpoch(standing)}}
	if s.purges.state(one.Key) == nil && len(standing) > 0 { // who carried it out may have ended before the caches in front were purged
		s.purges.add(purge{key: one.Key, epoch: one.Epoch, tags: Tags(standing), since: s.now()})
	}
	a := s.acknowledge(ctx, one).Acknowledgment
	a.Key = "" // there is no such order here
	return a, nil
}

// beginning returns one of the orders that wait whose key begins so, and all of them that were carried out.
func (o *orders) beginning(key string) (waits string, became []settled) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if at := slices.IndexFunc(o.open, func(order *open) bool { return strings.HasPrefix(order.Key, key) }); at >= 0 {
		waits = o.open[at].Key
	}
	for _, one := range o.settled {
		if strings.HasPrefix(one.Key, key) && one.Problem == "" {
			became = append(became, one)
		}
	}
	return waits, became
}

// sendDecidedClaim answers 200 once it is everywhere, and 202 with an address to ask at before.
func (s *Server) sendDecidedClaim(w http.ResponseWriter, c claim.Claim, a Acknowledgment) {
	status := http.StatusOK
	if !a.IsOver() {
		status = http.StatusAccepted
		at := "/api/orders/" + url.PathEscape(a.Key)
		if a.Key == "" {
			at = "/api/withdrawals/" + strconv.FormatInt(a.Epoch, 10)
		}
		w.Header()["Location"] = []string{at}
	}
	writeStatusJSON(w, status, NewDecidedClaim(NewClaimStatus(c, s.now()), a))
}

// ClaimEntries are the entries that count about what a claim names.
func ClaimEntries(ctx context.Context, store ItemStore, c claim.Claim) ([]syndicate.Withdrawal, error) {
	targets, _ := distinct(namesOf(c))
	return store.Standing(ctx, targets)
}
