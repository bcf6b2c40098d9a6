package serve

import (
	"cmp"
	"context"
	"slices"

	"reprint/syndicate"
)

// reconciling is how far a server has come with making its set and the store's one. A store that lost a million entries is
// given them back over many beats, before each of which it is looked at again.
type reconciling struct {
	store, run string // that it is about; another one begins anew
	theirs     map[syndicate.Target]standingEntry
	after      int64 // epoch up to which the store's entries were read
	read       bool  // all of them
	lost       []syndicate.Withdrawal
	written    int // of the lost ones
}

// standingEntry is what counts of an entry.
type standingEntry struct {
	epoch      int64
	reinstated bool
}

// restoredAtOnce is how many entries are written back between two beats: a small part of a lease, on a busy machine too.
const restoredAtOnce = 100

// reconcile does one step towards making the set and the store's entries one: what counts of both. Entries are only ever
// added, so it does not matter who does it first, or that two do it at once. A step that fails is done again. Meanwhile, and for a
// lease after, this server answers with no items and acknowledges nothing: what is put back has an old epoch, which others may
// have said long ago.
func (s *Server) reconcile(ctx context.Context, store, run string) error {
	s.suspend()
	defer s.suspend() // the wait is reckoned from when they are back
	r := s.authority.reconciling
	if r == nil || r.store != store || r.run != run {
		s.log.Warn("the store's withdrawals differ from those that are known here; no items are served until they are one again")
		r = &reconciling{store: store, run: run, theirs: make(map[syndicate.Target]standingEntry)}
		s.authority.reconciling = r
	}
	if !r.read {
		return s.readTheirs(ctx, r)
	}
	if some := r.lost[r.written:min(r.written+restoredAtOnce, len(r.lost))]; len(some) > 0 {
		if err := s.store.Restore(ctx, some); err != nil {
			return err
		}
		r.written += len(some)
	}
	if r.written < len(r.lost) {
		return nil
	}
	s.log.Warn("withdrawals were written back to the store", "entries", len(r.lost))
	s.authority.reconciling = nil
	return s.adopt(ctx, store)
}

// readTheirs applies the next of the store's entries. After the last it is known which ones the store has lost.
func (s *Server) readTheirs(ctx context.Context, r *reconciling) error {
	entries, err := s.store.Withdrawals(ctx, r.after, journalPage)
	if err != nil {
		return err
	}
	if err := s.apply(ctx, entries); err != nil {
		return err
	}
	fresh := 0
	for _, e := range entries {
		if known, ok := r.theirs[e.Target]; !ok || known.epoch != e.Epoch {
			fresh++
		}
		r.theirs[e.Target] = standingEntry{e.Epoch, e.Reinstated}
	}
	if fresh > 0 {
		r.after = entries[len(entries)-1].Epoch - 1 // two may have one epoch
		return nil
	}
	s.authority.read(func(set *syndicate.Withdrawals) {
		set.All(func(e syndicate.Withdrawal) bool {
			known, ok := r.theirs[e.Target]
			if !ok || e.Supersedes(syndicate.Withdrawal{Epoch: known.epoch, Reinstated: known.reinstated}) {
				r.lost = append(r.lost, e)
			}
			return true
		})
	})
	slices.SortFunc(r.lost, func(a, b syndicate.Withdrawal) int { return cmp.Compare(a.Epoch, b.Epoch) })
	r.read, r.theirs = true, nil
	return nil
}
