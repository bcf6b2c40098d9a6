package serve

import (
	"testing"
	"time"

	"reprint/syndicate"
)

// TestOldEpochsAreNews: a store that forgot is given back entries of epochs that are past
// already. What was decided on before they came is over all the same.
func TestOldEpochsAreNews(t *testing.T) {
	t.Parallel()
	s := bare(time.Now)
	s.authority.set = syndicate.NewWithdrawals(syndicate.Withdrawal{Target: "source:x", Epoch: 5, Cause: syndicate.Rights})
	made := new(decidable)
	made.version.Store(s.authority.read(func(*syndicate.Withdrawals) {}))
	if s.authority.isStale(made) {
		t.Fatal("it is over before anything came")
	}
	old := syndicate.Withdrawal{Target: "item:a-1", Epoch: 3, Cause: syndicate.Rights}
	if err := s.apply(t.Context(), []syndicate.Withdrawal{old}); err != nil {
		t.Fatal(err)
	}
	if !s.authority.isStale(made) {
		t.Error("it shows what an entry of an old epoch withdraws")
	}
	if _, stands := s.authority.set.Standing("item:a-1"); !stands || s.authority.set.Epoch() != 5 {
		t.Error("the entry was not added")
	}
}
