package cache

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"reprint/syndicate"
)

// Withdrawals is the part of the store that withdrawals and the servers that must hear of
// them need; [Store] includes it.
type Withdrawals interface {
	// Withdraw adds an entry at the next epoch, which is greater than all that the store has given and than [syndicate.Withdrawal.Epoch],
	// the greatest that the caller knows: the store may have fallen back since it was asked last. It appends a [ChangeWithdraw] or
	// [ChangeReinstate] to the journal, and returns the entry with its epoch. The key makes it
	// idempotent: with the key of the last entry about the same target it returns that
	// entry, and nothing changes. Nor does it where a source puts back ([syndicate.Withdrawal.IsPutBack])
	// what somebody here has decided about in the meantime, or an entry would undo what was entered after the one that it
	// rests on ([syndicate.Withdrawal.IsOvertaken]), or a weak entry is about what is withdrawn already
	// ([syndicate.Withdrawal.GivesWayTo]); the entry that stands is returned then. A key with control characters is an error, see [CheckKey],
	// and so is what is not UTF-8, see [CheckEntry].
	Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error)

	// Withdrawals returns the entries that count with an epoch after one, by ascending epoch,
	// at most limit, and no more once they have [PageBytes].
	Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error)

	// Standing returns the entries that count about these targets, in any order; targets
	// without one are left out.
	Standing(ctx context.Context, targets []syndicate.Target) ([]syndicate.Withdrawal, error)

	// Restore puts back entries that the store has lost, with the epochs that they had. An entry
	// of the store that is as new or newer stays. Each one that is put back is journaled. It goes some hundreds at a time: what
	// an error leaves out can be put back by another call.
	Restore(ctx context.Context, entries []syndicate.Withdrawal) error

	// Identity returns what the store is.
	Identity(ctx context.Context) (Identity, error)

	// Beat notes that a server lives and what it has applied, and returns what the store is.
	Beat(ctx context.Context, b Beat) (Identity, error)

	// Leave forgets a server that has ended.
	Leave(ctx context.Context, server string) error

	// Replicas tells how many replicas of the store have all that was written before the call. It waits for the first
	// one for so long.
	Replicas(ctx context.Context, wait time.Duration) (Replication, error)

	// Servers returns the servers that were ever heard and have not left, by name. Those that
	// were not heard for [ForgetServer] are forgotten.
	Servers(ctx context.Context) ([]Server, error)
}

// CheckKey tells what is wrong with the key of an entry; nil for nothing.
func CheckKey(key string) error {
	if strings.ContainsFunc(key, unicode.IsControl) {
		return fmt.Errorf("the key %q has control characters in it; leave them out", key)
	}
	return nil
}

// PageBytes is how many bytes, as JSON, end a page of entries: each of the thousand entries of an order may have a long text, and
// who reads a page has to be done with it well within a lease.
const PageBytes = 4 << 20

// CheckEntry tells what is wrong with an entry and its key; nil for nothing. Entries are kept as JSON, which can hold nothing but UTF-8:
// whoever read one would find another target than the one that is in the store's sum, and never be one with the store.
func CheckEntry(key string, w syndicate.Withdrawal) error {
	if err := CheckKey(key); err != nil {
		return err
	}
	for _, part := range []struct{ name, text string }{
		{"key", key}, {"target", string(w.Target)}, {"note", w.Note}, {"authority", w.Authority}, {"replacement", w.Replacement},
	} {
		if !utf8.ValidString(part.text) {
			return fmt.Errorf("the %s %q is not UTF-8; is the terminal set to another encoding?", part.name, part.text)
		}
	}
	return nil
}

// Identity tells one store from another, and an older state of a store from a newer.
type Identity struct {
	// ID is random and made with the store.
	ID string
	// Epoch is the greatest that the store has given or was told of, and Sum is made from the
	// entries that count (syndicate.Withdrawals.Sum). A store that lost some and got others has
	// another sum than who knows them all.
	Epoch int64
	Sum   int64
	// Run changes whenever the store may have fallen back to an older state: it was started
	// again, or a replica took over. Empty is a store that does not. RunAge is for how long it has been the same at
	// least, by the store's own clock.
	Run    string
	RunAge time.Duration
}

// Replication is how well a store is kept.
type Replication struct {
	// Have is how many replicas are known to have everything.
	Have int
	// Wanted tells that a replica may take the place of the store without asking it: so what no replica has can be
	// unknown to a server that has gone over to one already.
	Wanted bool
}

// Beat is a sign of life.
type Beat struct {
	Server string // names the process
	// Applied is the epoch up to which the server has applied all withdrawals: it answers with
	// nothing that was withdrawn up to it.
	Applied int64
	// Run is that of the store under which the server last agreed with it ([Identity.Run]).
	Run string
	// Lease is for how long after this sign the server may answer with items.
	Lease   time.Duration
	Version string
	Address string // of its operator's listener
}

// Server is a server as the store heard of it.
type Server struct {
	Beat
	// Age is how long ago it was heard, by the store's own clock.
	Age time.Duration
}

// ForgetServer is after what time a silent server is forgotten.
const ForgetServer = 24 * time.Hour
