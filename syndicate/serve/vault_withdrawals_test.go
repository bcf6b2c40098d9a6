package serve_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

func (v *vault) Withdraw(ctx context.Context, key string, w syndicate.Withdrawal) (syndicate.Withdrawal, error) {
	if err := cache.CheckEntry(key, w); err != nil {
		return w, err
	}
	if err := v.enter(ctx); err != nil {
		return w, err
	}
	defer v.mu.Unlock()
	known, ok := v.entries[w.Target]
	if ok && (v.keys[w.Target] == key || w.IsPutBack() && known.Upstream == nil || w.IsOvertaken(known) || w.GivesWayTo(known)) {
		return known, nil
	}
	v.epoch = max(v.epoch, w.Epoch) + 1
	w.Epoch = v.epoch
	v.keep(key, w)
	v.entered[key+" "+string(w.Target)]++
	return w, nil
}

// keep stores an entry and journals it. The lock is held.
func (v *vault) keep(key string, w syndicate.Withdrawal) {
	v.entries[w.Target], v.keys[w.Target], v.epoch = w, key, max(v.epoch, w.Epoch)
	v.journal(cache.WithdrawalChange(w))
}

func (v *vault) Restore(ctx context.Context, entries []syndicate.Withdrawal) error {
	if err := v.enter(ctx); err != nil {
		return err
	}
	defer v.mu.Unlock()
	for _, w := range entries {
		if known, ok := v.entries[w.Target]; !ok || w.Supersedes(known) {
			v.keep("", w)
		}
	}
	return nil
}

func (v *vault) Withdrawals(ctx context.Context, after int64, limit int) ([]syndicate.Withdrawal, error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	all := slices.DeleteFunc(slices.Collect(maps.Values(v.entries)), func(w syndicate.Withdrawal) bool { return w.Epoch <= after })
	slices.SortFunc(all, func(a, b syndicate.Withdrawal) int {
		return cmp.Or(cmp.Compare(a.Epoch, b.Epoch), cmp.Compare(a.Target, b.Target))
	})
	return all[:min(limit, len(all))], nil
}

func (v *vault) Standing(ctx context.Context, targets []syndicate.Target) (found []syndicate.Withdrawal, err error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	for _, t := range targets {
		if w, ok := v.entries[t]; ok {
			found = append(found, w)
		}
	}
	return found, nil
}

func (v *vault) Identity(ctx context.Context) (cache.Identity, error) {
	if err := v.enter(ctx); err != nil {
		return cache.Identity{}, err
	}
	defer v.mu.Unlock()
	return v.identity(), nil
}

// identity is what the vault says of itself. The lock is held.
func (v *vault) identity() cache.Identity {
	set := syndicate.NewWithdrawals(slices.Collect(maps.Values(v.entries))...)
	if run := fmt.Sprint(v.run, " ", v.id); run != v.known {
		v.known, v.since = run, time.Now()
	}
	return cache.Identity{ID: v.id, Epoch: v.epoch, Sum: set.Sum(), Run: v.known, RunAge: time.Since(v.since)}
}

func (v *vault) Replicas(ctx context.Context, _ time.Duration) (cache.Replication, error) {
	return cache.Replication{}, ctx.Err()
}

func (v *vault) Beat(ctx context.Context, b cache.Beat) (cache.Identity, error) {
	if err := v.enter(ctx); err != nil {
		return cache.Identity{}, err
	}
	defer v.mu.Unlock()
	v.servers[b.Server] = beaten{b, time.Now()}
	return v.identity(), nil
}

func (v *vault) Leave(ctx context.Context, server string) error {
	if err := v.enter(ctx); err != nil {
		return err
	}
	defer v.mu.Unlock()
	delete(v.servers, server)
	return nil
}

func (v *vault) Servers(ctx context.Context) (all []cache.Server, err error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(v.servers)) {
		if s := v.servers[name]; time.Since(s.at) < cache.ForgetServer {
			all = append(all, cache.Server{Beat: s.Beat, Age: time.Since(s.at)})
		}
	}
	return all, nil
}

func (v *vault) Revoke(ctx context.Context, r cache.Revocation) error {
	if err := v.enter(ctx); err != nil {
		return err
	}
	defer v.mu.Unlock()
	name := r.Partner + "/" + r.Token
	if _, ok := v.revoked[name]; !ok {
		v.revoked[name] = r
		v.journal(cache.Change{Kind: cache.ChangeRevoke, Item: name, At: r.At})
	}
	return nil
}

func (v *vault) Revocations(ctx context.Context) ([]cache.Revocation, error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	all := slices.Collect(maps.Values(v.revoked))
	slices.SortFunc(all, func(a, b cache.Revocation) int {
		return cmp.Or(cmp.Compare(a.Partner, b.Partner), cmp.Compare(a.Token, b.Token))
	})
	return all, nil
}

func (v *vault) Secret(ctx context.Context, name string, candidate []byte) ([]byte, error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	if _, ok := v.secrets[name]; !ok {
		v.secrets[name] = candidate
	}
	return v.secrets[name], nil
}

func (v *vault) Hold(ctx context.Context, partner string, held []cache.Held) error {
	if err := v.enter(ctx); err != nil {
		return err
	}
	defer v.mu.Unlock()
	if v.held[partner] == nil {
		v.held[partner] = make(map[string]cache.Held)
	}
	for _, h := range held {
		if known, ok := v.held[partner][h.Item]; ok {
			h = known.Merge(h)
		}
		v.held[partner][h.Item] = h
	}
	return nil
}

func (v *vault) Held(ctx context.Context, partner string, ids []string) (map[string]cache.Held, error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	found := make(map[string]cache.Held)
	for _, id := range ids {
		if h, ok := v.held[partner][id]; ok {
			found[id] = h
		}
	}
	return found, nil
}

func (v *vault) Holdings(ctx context.Context, partner, after string, limit int) ([]cache.Held, error) {
	if err := v.enter(ctx); err != nil {
		return nil, err
	}
	defer v.mu.Unlock()
	var all []cache.Held
	for _, id := range slices.Sorted(maps.Keys(v.held[partner])) {
		if id > after && len(all) < limit {
			all = append(all, v.held[partner][id])
		}
	}
	return all, nil
}
