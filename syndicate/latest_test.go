package syndicate_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"reprint/syndicate"
)

// TestLatest: the last withdrawals of items that stand come in the order of their epochs, in whatever order they were heard of.
func TestLatest(t *testing.T) {
	t.Parallel()
	const all, back = 20_000, 10 // every tenth is put back
	random := rand.New(rand.NewPCG(1, 2))
	set := syndicate.NewWithdrawals(syndicate.Withdrawal{Target: syndicate.SourceTarget("open"), Epoch: 3 * all})
	for _, n := range random.Perm(all) {
		w := syndicate.Withdrawal{Target: syndicate.ItemTarget(fmt.Sprintf("open-%d", n)), Epoch: int64(n + 1)}
		entries := []syndicate.Withdrawal{w}
		if n%back == 0 {
			w.Epoch, w.Reinstated = w.Epoch+all, true
			entries = append(entries, w)
		}
		random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		for _, e := range entries {
			set.Add(e)
		}
	}
	want := all - 1
	for w := range set.Latest() {
		if want%back == 0 {
			want--
		}
		if w.Target != syndicate.ItemTarget(fmt.Sprintf("open-%d", want)) {
			t.Fatalf("after %d: %s", want+1, w.Target)
		}
		want--
	}
	if told := all - 1 - want; told < 4000 || told > all/2 {
		t.Errorf("%d are told of", told)
	}
	for range (*syndicate.Withdrawals)(nil).Latest() {
		t.Error("an empty set has one")
	}
}
