package serve

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"reprint/syndicate"
)

// Purger tells the caches in front to throw away what has these tags. It may be told twice.
type Purger interface {
	Purge(ctx context.Context, tags []string) error
}

// Purging is how far the purge of the caches in front has got.
type Purging struct {
	// State is pending until the hook has said yes about the order and its copies, and done then; or failed, once it was tried
	// for a day in vain.
	State   string `json:"state"`
	Tries   int    `json:"tries"`
	Problem string `json:"problem,omitempty"` // of the last try
}

// The states of a purge.
const (
	PurgePending = "pending"
	PurgeDone    = "done"
	PurgeFailed  = "failed"
)

// How the hook is tried again: after a second, then after twice as long each time, for a day.
const (
	firstPurgeRest = time.Second
	mostPurgeRest  = 5 * time.Minute
	purgeFor       = 24 * time.Hour
)

// mostPurged is how many tags are purged by name; more are purged as everything.
const mostPurged = 500

// purges are what the caches in front are told. Nothing is told before it is everywhere: until
// then a cache would be filled with it again.
type purges struct {
	hook Purger // nil where there is none
	wake bell

	mu  sync.Mutex
	all []*purge // oldest first; those that are over are forgotten some time
}

// purge is what is to be thrown away for an order.
type purge struct {
	key       string
	epoch     int64
	tags      []string // that are still to be told of
	searching bool     // copies are looked for, which will be due too
	since     time.Time
	Purging
}

// try is what is told at once of a purge. More may become due meanwhile.
type try struct {
	*purge
	epoch int64
	tags  []string
}

// add makes a purge due.
func (p *purges) add(due purge) {
	if p.hook == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	due.State = PurgePending
	p.all = append(p.all, &due)
	over := len(p.all) - keptOrders
	p.all = slices.DeleteFunc(p.all, func(one *purge) bool {
		shed := over > 0 && one.State != PurgePending
		if shed {
			over--
		}
		return shed
	})
	p.wake.ring()
}

// state returns how far the purge for an order is; nil where there is none.
func (p *purges) state(key string) *Purging {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range slices.Backward(p.all) {
		if one.key == key {
			state := one.Purging
			return &state
		}
	}
	return nil
}

// searched makes the copies of an order due that were found, by their tags. It returns the purge, and whether there were none and it
// is over with that.
func (p *purges) searched(key string, epoch int64, tags []string) (over purge, isOver bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.IndexFunc(p.all, func(one *purge) bool { return one.key == key && one.searching })
	if at < 0 {
		return purge{}, false
	}
	one := p.all[at]
	one.searching, one.epoch, one.tags = false, max(one.epoch, epoch), append(one.tags, tags...)
	if one.State == PurgePending && len(one.tags) == 0 {
		one.State = PurgeDone
		return *one, true
	}
	p.wake.ring()
	return purge{}, false
}

// pending returns what is due.
func (p *purges) pending() (due []try) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range p.all {
		if one.State == PurgePending && len(one.tags) > 0 {
			due = append(due, try{one, one.epoch, slices.Clone(one.tags)})
		}
	}
	return due
}

// told notes what came of a try, and returns those that are over.
func (p *purges) told(batch []try, err error, now time.Time) (over []purge) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range batch {
		one := t.purge
		one.Tries++
		one.Problem = ""
		switch {
		case err == nil:
			if one.tags = one.tags[len(t.tags):]; one.searching || len(one.tags) > 0 {
				continue
			}
			one.State = PurgeDone
		case now.Sub(one.since) > purgeFor:
			one.State, one.Problem = PurgeFailed, err.Error()
		default:
			one.Problem = err.Error()
			continue
		}
		over = append(over, *one)
	}
	return over
}

// purging tells the caches in front what was withdrawn, until ctx is done.
func (s *Server) purging(ctx context.Context) {
	for rest := firstPurgeRest; ctx.Err() == nil; {
		batch := s.purges.pending()
		if len(batch) == 0 {
			select {
			case <-ctx.Done():
			case <-s.purges.wake:
			}
			continue
		}
		err := s.purge(ctx, batch)
		for _, one := range s.purges.told(batch, err, s.now()) {
			s.recordPurge(ctx, one)
		}
		if err == nil {
			rest = firstPurgeRest
			continue
		}
		s.log.Warn("the caches in front were not purged", "error", err, "again", rest)
		s.purges.rest(ctx, rest)
		rest = min(2*rest, mostPurgeRest)
	}
}

// rest waits, for as long as nothing new is due: what failed for hours must not hold up what was withdrawn now.
func (p *purges) rest(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	select {
	case <-ctx.Done():
	case <-p.wake:
	}
}

// errNotEverywhere tells that a purge would be too early.
var errNotEverywhere = errors.New("it waits until no server shows it any more")

// purge tries once, for all that is due.
func (s *Server) purge(ctx context.Context, batch []try) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var epoch int64
	var tags []string
	for _, one := range batch {
		epoch = max(epoch, one.epoch)
		tags = append(tags, one.tags...)
	}
	a, err := acknowledge(ctx, s.store, func() (Acknowledgment, error) { return s.acknowledged(ctx, epoch) })
	if err != nil {
		return err
	}
	if a.Level != LevelEverywhere {
		return errNotEverywhere
	}
	slices.Sort(tags)
	if tags = slices.Compact(tags); len(tags) > mostPurged {
		tags = []string{tagAll}
	}
	return s.purges.hook.Purge(ctx, tags)
}

// TakenBack hears of entries that a source's own word caused: the caches in front are to be purged of them too, if this server
// ends before that by the next one.
func (s *Server) TakenBack(ctx context.Context, entries []syndicate.Withdrawal) error {
	if s.purges.hook == nil || len(entries) == 0 {
		return nil
	}
	due := syndicate.Settlement{Key: NewKey(), Epoch: LastEpoch(entries), Purge: true}
	s.purges.add(purge{key: due.Key, epoch: due.Epoch, tags: Tags(entries), since: s.now()})
	if s.memory == nil {
		return nil
	}
	return s.memory.RememberSettlement(ctx, due)
}

// recordPurge puts it on the record what came of a purge.
func (s *Server) recordPurge(ctx context.Context, one purge) {
	if one.State == PurgeFailed {
		s.log.Error("the caches in front were not purged; purge them by hand", "order", one.key, "tags", one.tags, "error", one.Problem)
	}
	if s.memory == nil {
		return
	}
	if err := s.memory.RememberPurge(ctx, syndicate.Purge{Key: one.key, Tries: one.Tries, Problem: one.Problem}); err != nil {
		s.log.Error("a purge is not on the record", "order", one.key, "error", err)
	}
}
