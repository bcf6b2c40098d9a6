package serve

import (
	"context"
	"time"

	"reprint/cache"
)

// Acknowledgment says how far a withdrawal has got.
type Acknowledgment struct {
	Epoch int64  `json:"epoch,omitempty"`
	Key   string `json:"key,omitempty"` // of the order
	// Level is journaled while only the server that was asked has it, on its disk; stored, and replicated once a replica of
	// the store has it too, while servers may still answer as before; and everywhere once none does.
	Level string `json:"level"`
	// Replicas is how many replicas of the store have it, where they were asked: it costs the store a write.
	Replicas int `json:"replicas,omitempty"`
	// Waiting are the servers that have not confirmed it and whose lease may still run; [UnknownServers] stands for those
	// that a store may have forgotten.
	Waiting []string `json:"waiting,omitempty"`
	silent  bool     // somebody did not confirm it, and is not waited for
	// Purge is how far the caches in front are purged; nil where there is no hook.
	Purge *Purging `json:"purge,omitempty"`
}

// IsOver tells whether nobody, the caches in front included, answers as before.
func (a Acknowledgment) IsOver() bool {
	return a.Level == LevelEverywhere && (a.Purge == nil || a.Purge.State == PurgeDone)
}

// The levels of an acknowledgment.
const (
	LevelJournaled  = "journaled"
	LevelStored     = "stored"
	LevelReplicated = "replicated"
	LevelEverywhere = "everywhere"
)

// askEvery is how often the servers are looked at while an acknowledgment waits.
const askEvery = 15 * time.Millisecond

// leaseMargin is how much longer than its lease a silent server is waited for: its clock may
// run a little slower than the store's.
const leaseMargin = 200 * time.Millisecond

// UnknownServers is who is waited for where the store was started again, or a replica took over, less than a lease ago:
// it may have forgotten a server that still answers.
const UnknownServers = "servers that the store may have forgotten"

// SilentStore is who is waited for where the store does not tell of its servers.
const SilentStore = "the store, which does not tell who has confirmed it"

// Acknowledge tells how far the withdrawals up to an epoch have got, after waiting until they
// are everywhere for as long as ctx allows. A server that lives has applied them when it says
// so; one that is silent answers with no items once its lease is out.
func Acknowledge(ctx context.Context, store cache.Withdrawals, epoch int64) (Acknowledgment, error) {
	return acknowledge(ctx, store, func() (Acknowledgment, error) { return lookOnce(ctx, store, epoch) })
}

// acknowledge looks again and again, and asks the replicas if it ends before it is everywhere.
func acknowledge(ctx context.Context, store cache.Withdrawals, look func() (Acknowledgment, error)) (Acknowledgment, error) {
	for {
		a, err := look()
		if err != nil && ctx.Err() == nil || a.Level == LevelEverywhere {
			return a, err
		}
		sleep(ctx, askEvery)
		if ctx.Err() != nil {
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastLook)
			defer cancel()
			return a.withReplicas(last, store), nil
		}
	}
}

// lastLook bounds how much longer than asked for an answer takes because of the replicas.
const lastLook = 200 * time.Millisecond

// replicaWait is how long one look at the servers waits for a replica besides.
const replicaWait = 5 * time.Millisecond

// Replica is who is waited for where a server is silent and no replica of the store has the withdrawal: one may have taken over
// unnoticed, and the server be in touch with that.
const Replica = "a replica of the store"

// withReplicas asks the replicas. One that does not answer is none.
func (a Acknowledgment) withReplicas(ctx context.Context, store cache.Withdrawals) Acknowledgment {
	replication, _ := store.Replicas(ctx, replicaWait)
	return a.replicated(replication)
}

// replicated adds what is known of the replicas.
func (a Acknowledgment) replicated(r cache.Replication) Acknowledgment {
	a.Replicas = r.Have
	switch {
	case a.Level == LevelStored && r.Have > 0:
		a.Level = LevelReplicated
	case a.Level == LevelEverywhere && a.silent && r.Wanted && r.Have == 0:
		a.Level, a.Waiting = LevelStored, []string{Replica}
	}
	return a
}

// lookOnce looks at the servers once.
func lookOnce(ctx context.Context, store cache.Withdrawals, epoch int64) (Acknowledgment, error) {
	a := Acknowledgment{Epoch: epoch, Level: LevelStored}
	servers, err := store.Servers(ctx)
	if err != nil {
		return a, err
	}
	identity, err := store.Identity(ctx) // after the servers: what they confirmed to an older store does not count in this one
	if err != nil {
		return a, err
	}
	longest := UsualLease
	for _, s := range servers {
		longest = max(longest, s.Lease)
		switch {
		case hasConfirmed(s, epoch, identity.Run):
		case isSilent(s):
			a.silent = true
		default:
			a.Waiting = append(a.Waiting, s.Server)
		}
	}
	if mayHaveForgotten(identity, longest) {
		a.Waiting = append(a.Waiting, UnknownServers)
	}
	if len(a.Waiting) > 0 {
		return a, nil
	}
	if a.Level = LevelEverywhere; a.silent {
		a = a.withReplicas(ctx, store)
	}
	return a, nil
}

// acknowledged looks as lookOnce does, and then whether this server may rely on the store that it asked: one that has
// fallen back may have forgotten servers that still answer as before, or what was put back.
func (s *Server) acknowledged(ctx context.Context, epoch int64) (Acknowledgment, error) {
	a, err := lookOnce(ctx, s.store, epoch)
	if err != nil || a.Level != LevelEverywhere {
		return a, err
	}
	if !s.authority.holds(s.now()) || s.beat(ctx) != nil {
		a.Level, a.Waiting = LevelStored, []string{s.name}
	}
	return a, nil
}

// acknowledgedOrder looks so for an order. What was everywhere once is so for ever, also where a server has come since that is
// still to hear of it.
func (s *Server) acknowledgedOrder(ctx context.Context, became settled) (Acknowledgment, error) {
	if became.everywhere {
		return Acknowledgment{Epoch: became.Epoch, Level: LevelEverywhere}, nil
	}
	a, err := s.acknowledged(ctx, became.Epoch)
	if err == nil && a.Level == LevelEverywhere {
		s.orders.noteEverywhere(became.Key)
	}
	return a, err
}
