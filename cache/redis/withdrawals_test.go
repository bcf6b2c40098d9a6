package redis_test

import (
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"reprint/cache/cachetest/redistest"
	"reprint/syndicate"
)

// TestDamagedEntry: one entry that cannot be read whole stops none of the others: its target stays as it is, and can be
// decided about anew.
func TestDamagedEntry(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	s := openAt(t, server.URL("damaged"))
	for _, target := range []syndicate.Target{"source:a", "source:b", "source:c"} {
		if _, err := s.Withdraw(t.Context(), "k", syndicate.Withdrawal{Target: target, Cause: syndicate.Rights, Note: "whole"}); err != nil {
			t.Fatal(err)
		}
	}
	raw := goredis.NewClient(&goredis.Options{Addr: server.Addr})
	t.Cleanup(func() { _ = raw.Close() })
	damage := func(target, from, to string) {
		entry := raw.HGet(t.Context(), "{damaged:journal}:withdrawn", target).Val()
		if !strings.Contains(entry, from) {
			t.Fatalf("%q", entry)
		}
		raw.HSet(t.Context(), "{damaged:journal}:withdrawn", target, strings.Replace(entry, from, to, 1))
	}
	damage("source:a", "\tk\t", "\tletter\t17\t") // as versions before wrote it
	damage("source:b", "\t{", "\t[")
	all, err := s.Withdrawals(t.Context(), 0, 10)
	if err != nil || len(all) != 3 || all[0].Note != "whole" || all[1].Target != "source:b" || all[1].Reinstated || all[2].Note != "whole" {
		t.Fatalf("%+v, %v", all, err)
	}
	if standing, err := s.Standing(t.Context(), []syndicate.Target{"source:b", "source:c"}); err != nil || len(standing) != 2 {
		t.Errorf("%+v, %v", standing, err)
	}
	for _, target := range []syndicate.Target{"source:a", "source:b"} {
		back := syndicate.Withdrawal{Target: target, Reinstated: true, Upstream: new(syndicate.Upstream)}
		if got, err := s.Withdraw(t.Context(), "by its source", back); err != nil || got.Reinstated {
			t.Errorf("its source puts back %s: %+v, %v", target, got, err)
		}
		back.Upstream = nil
		if got, err := s.Withdraw(t.Context(), "by hand", back); err != nil || !got.Reinstated {
			t.Errorf("by hand, %s: %+v, %v", target, got, err)
		}
	}
	if all, err = s.Withdrawals(t.Context(), 0, 10); err != nil {
		t.Fatal(err)
	}
	if i, err := s.Identity(t.Context()); err != nil || i.Sum != syndicate.NewWithdrawals(all...).Sum() {
		t.Errorf("the sum is off: %+v, %v", i, err)
	}
}
