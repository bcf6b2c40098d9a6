package serve

import (
	"slices"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

// The protocol of decision 12: what a server decides about withdrawals, on hearing the store,
// on adding entries, before it sends something and before it acknowledges. Nothing here reads a clock, takes a lock or
// asks anybody; authority.go, agree.go, apply.go and acknowledge.go do what is decided here, and so does the model.

// standpoint is what a server holds against the word of the store.
type standpoint struct {
	store      string // with which the set is agreed; empty where there was none
	epoch, sum int64  // of the set
}

// move is the next step towards one set on both sides.
type move int

const (
	rest      move = iota // both have the same entries
	adopt                 // both do, and it is another store than before
	takeLater             // the store has later entries
	reconcile             // they differ in some other way: one of them has lost something
)

// next returns what to do about what the store says of its entries.
func (mine standpoint) next(store cache.Identity) move {
	same := store.Epoch == mine.epoch && store.Sum == mine.sum
	switch {
	case same && store.ID == mine.store:
		return rest
	case same:
		return adopt
	case store.Epoch > mine.epoch && (store.ID == mine.store || mine.store == ""):
		return takeLater
	}
	return reconcile
}

// tenure is since when a server may rely on the store that it hears.
type tenure struct {
	id, run string    // of the store, as it was last heard; empty before
	waits   time.Time // before then no lease begins, and nothing is acknowledged
}

// meet takes in which store was heard, and tells whether that is news: another store, or one that may
// have fallen back to an older state. It may have forgotten a withdrawal that this server has missed, and servers that
// may still answer as before.
func (t tenure) meet(store cache.Identity, now time.Time, lease time.Duration) (tenure, bool) {
	known := store.Run == t.run && (t.id == "" || store.ID == t.id)
	t.id, t.run = store.ID, store.Run
	if known {
		return t, false
	}
	return t.anew(now, lease), true
}

// anew waits for as long as a lease runs. In that time those that know more write it back, and whatever leases
// there are from before end. It is reckoned from after the store was heard: it may have fallen back until then.
func (t tenure) anew(now time.Time, lease time.Duration) tenure {
	t.waits = now.Add(lease + leaseMargin)
	return t
}

// lease returns until when a server may answer with items whose set was found to be the store's. It runs from
// before the store was asked: what was withdrawn while the answer was on its way is not in it.
func (t tenure) lease(asked time.Time, lease time.Duration) (until time.Time, begins bool) {
	if asked.Before(t.waits) {
		return time.Time{}, false
	}
	return asked.Add(lease), true
}

// isLeased tells whether a lease runs, by both clocks that a moment has: the one that nobody sets stands still while the
// machine sleeps. nil is none.
func isLeased(until *time.Time, now time.Time) bool {
	return until != nil && now.Before(*until) && now.Round(0).Before(until.Round(0))
}

// isOutdated tells whether what was decided on at one version of the set has to be looked at again at another.
func isOutdated(decided, version int64) bool { return decided < version }

// raised returns the version that the current edition of a channel heeds once entries were added at the
// next version, and whether it may stay: not if some of them are about it, nor if it was outdated before.
func raised(decided, before int64, isAbout bool) (version int64, stays bool) {
	if isOutdated(decided, before) || isAbout {
		return decided, false
	}
	return before + 1, true
}

// caughtUp returns the version that an edition heeds that was just made, where isAbout tells of all entries since it was
// decided on whether one is about it. They are known from the version complete on.
func caughtUp(decided, complete, version int64, isAbout bool) int64 {
	if decided < complete || isAbout {
		return decided
	}
	return version
}

// hasConfirmed tells whether a server has said to this run of the store that it has applied what was withdrawn up to an epoch:
// what it said before the store fell back was about other entries.
func hasConfirmed(server cache.Server, epoch int64, run string) bool {
	return server.Applied >= epoch && server.Run == run
}

// isSilent tells whether a server answers with no items any more, because its lease is out.
func isSilent(server cache.Server) bool { return server.Age > server.Lease+leaseMargin }

// mayHaveForgotten tells whether a store has been the same for so short a time that a server which it has forgotten may
// still answer as before.
func mayHaveForgotten(store cache.Identity, lease time.Duration) bool {
	return store.Run != "" && store.RunAge <= lease+leaseMargin
}

// lacks tells whether an entry would count in a set that does not have it.
func lacks(set *syndicate.Withdrawals, e syndicate.Withdrawal) bool {
	known, _ := set.Standing(e.Target)
	return known.Target == "" || e.Supersedes(known)
}

// lackedBy returns those of some entries that a set lacks.
func lackedBy(set *syndicate.Withdrawals, entries []syndicate.Withdrawal) []syndicate.Withdrawal {
	var news []syndicate.Withdrawal
	for _, e := range entries {
		if lacks(set, e) {
			news = append(news, e)
		}
	}
	return news
}

// entriesOf returns what counts in a set, by ascending epoch.
func entriesOf(set *syndicate.Withdrawals) []syndicate.Withdrawal {
	var all []syndicate.Withdrawal
	set.All(func(e syndicate.Withdrawal) bool { all = append(all, e); return true })
	slices.SortFunc(all, func(a, b syndicate.Withdrawal) int { return int(min(max(a.Epoch-b.Epoch, -1), 1)) })
	return all
}

// isOvertaken tells whether an order to put back would undo what was withdrawn after it. One that may have seen no epoch at all,
// because there was none yet or because the command line has left it for a server to find, goes by the time besides.
func isOvertaken(order, standing syndicate.Withdrawal) bool {
	if standing.Target == "" || standing.Reinstated {
		return false
	}
	return order.IsOvertaken(standing) || order.Reinstated && order.Seen <= 1 && standing.At.After(order.At)
}
