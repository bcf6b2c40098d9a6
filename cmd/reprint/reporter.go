package main

import (
	"context"
	"log/slog"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"reprint/cache"
	"reprint/syndicate"
	"reprint/syndicate/ledger"
)

// reporter adds up what the ledger of this server records, into the counts of the store. The
// ledger is the record; what was not counted before a crash is counted after it, once. That a store has counted less
// than it had tells that it has lost something: then what partners hold is noted in it again too.
type reporter struct {
	log      *slog.Logger
	store    cache.Store
	ledger   *ledger.Ledger
	now      func() time.Time
	tail     *ledger.Tail
	counted  int64                                      // entries that the store has counted; -1 while that is not known
	editions *lru.Cache[string, map[string]cache.Tally] // sums of the last ones, by digest
	waiting  map[[2]string]*cache.Tally
	looked   time.Time // when the store was last asked what it has counted
	owed     *holdings // what the store may not know; nil once it has been told
}

// editionsKept is more than serve relies on the ledger to know: it puts those that it forgets on the record again.
const editionsKept = 10_000

func newReporter(log *slog.Logger, store cache.Store, l *ledger.Ledger, dir string, now func() time.Time) *reporter {
	editions, _ := lru.New[string, map[string]cache.Tally](editionsKept) // fails without a size only
	return &reporter{
		log: log, store: store, ledger: l, now: now, tail: ledger.NewTail(dir), counted: -1,
		editions: editions, waiting: make(map[[2]string]*cache.Tally), owed: newHoldings(now()),
	}
}

// countEvery is how late the counts are at most.
const countEvery = 2 * time.Second

// lastCount bounds the counting after the end.
const lastCount = 3 * time.Second

// run counts until ctx is done, and once more then.
func (r *reporter) run(ctx context.Context) error {
	ticker := time.NewTicker(countEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			r.count(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastCount)
			defer cancel()
			r.count(last)
			return ctx.Err()
		}
	}
}

// count counts what was recorded since the last time. What fails is tried again.
func (r *reporter) count(ctx context.Context) {
	if err := r.countOnce(ctx); err != nil {
		r.log.Warn("pulls are not counted at the moment; they are on the record and will be", "error", err)
	}
}

func (r *reporter) countOnce(ctx context.Context) error {
	if r.counted < 0 {
		counted, err := r.store.Counted(ctx, r.ledger.ID())
		if err != nil {
			return err
		}
		r.counted = counted
	}
	if err := r.tail.Read(r.ledger.Size(), r.add); err != nil {
		return err
	}
	if r.owed != nil {
		if err := r.owed.note(ctx, r.store, r.tail.Dir()); err != nil {
			return err
		}
		r.owed = nil
	}
	upTo := r.tail.Position()
	if upTo <= r.counted {
		return r.look(ctx)
	}
	tallies := make([]cache.Tally, 0, len(r.waiting))
	for _, t := range r.waiting {
		tallies = append(tallies, *t)
	}
	counted, err := r.store.Tally(ctx, r.ledger.ID(), r.counted, upTo, tallies)
	if err != nil {
		return err // it may have been counted all the same: then the store says so next time
	}
	if counted != upTo {
		return r.begin(counted)
	}
	r.counted = counted
	clear(r.waiting)
	return nil
}

// lookEvery is how often the store is asked what it has counted while there is nothing to count.
const lookEvery = 15 * time.Second

// look begins again where the store has fallen back.
func (r *reporter) look(ctx context.Context) error {
	if r.now().Sub(r.looked) < lookEvery {
		return nil
	}
	counted, err := r.store.Counted(ctx, r.ledger.ID())
	if err != nil {
		return err
	}
	r.looked = r.now()
	if counted != r.counted {
		return r.begin(counted)
	}
	return nil
}

// begin reads the ledger from its beginning again, because the store has counted up to
// somewhere else than was thought.
func (r *reporter) begin(counted int64) error {
	*r = *newReporter(r.log, r.store, r.ledger, r.tail.Dir(), r.now)
	r.counted = counted
	return nil
}

// add takes up one entry of the ledger.
func (r *reporter) add(e ledger.Entry) error {
	if e.Edition != nil {
		r.editions.Add(e.Edition.Digest, sums(*e.Edition))
	}
	if e.Pulled != nil && r.owed != nil {
		r.owed.add(e, r.counted)
	}
	if e.Pulled == nil || e.N < r.counted {
		return nil
	}
	pulled, _ := r.editions.Get(e.Pulled.Edition)
	for source, s := range pulled {
		t := r.row(e.Pulled.Partner, source, e.At)
		t.Pulls++
		t.Items, t.Full, t.Excerpts, t.Links, t.Pictures = t.Items+s.Items, t.Full+s.Full, t.Excerpts+s.Excerpts, t.Links+s.Links, t.Pictures+s.Pictures
		if source == "" {
			t.Recent = cache.MergeRecent([]time.Time{e.At}, t.Recent)
		}
	}
	return nil
}

// row returns the count that waits for a partner and a source.
func (r *reporter) row(partner, source string, at time.Time) *cache.Tally {
	key := [2]string{partner, source}
	t := r.waiting[key]
	if t == nil {
		t = &cache.Tally{Partner: partner, Source: source, First: at, Last: at}
		r.waiting[key] = t
	}
	if at.After(t.Last) {
		t.Last = at
	}
	return t
}

// sums adds up an edition by source, and in all under "".
func sums(e ledger.Edition) map[string]cache.Tally {
	all := map[string]cache.Tally{"": {}}
	for _, i := range e.Items {
		for _, source := range []string{"", i.Source} {
			t := all[source]
			t.Items++
			t.Pictures += int64(i.PictureCount())
			switch i.Form {
			case syndicate.Full.String():
				t.Full++
			case syndicate.Excerpt.String():
				t.Excerpts++
			default:
				t.Links++
			}
			all[source] = t
		}
	}
	return all
}
