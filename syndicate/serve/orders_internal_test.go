package serve

import (
	"fmt"
	"testing"

	"reprint/syndicate"
)

// TestSettledOrdersAreBounded: what became of the last orders is known, with the entries of no more than so many, and no wordings; the newest
// has all of its own.
func TestSettledOrdersAreBounded(t *testing.T) {
	t.Parallel()
	var o orders
	const large = keptEntries + 5
	for n := range keptOrders + 10 {
		entries := make([]syndicate.Withdrawal, 100)
		if n == keptOrders+5 {
			entries = make([]syndicate.Withdrawal, large)
		}
		for i := range entries {
			entries[i].Wording = new(syndicate.Wording)
		}
		o.note(settled{Settlement: syndicate.Settlement{Key: fmt.Sprint(n), Epoch: int64(n)}, entries: entries})
		if newest, done, _ := o.find(fmt.Sprint(n)); !done || len(newest.entries) != len(entries) || newest.entries[0].Wording != nil {
			t.Fatalf("order %d: %d entries", n, len(newest.entries))
		}
	}
	kept := 0
	for _, s := range o.settled {
		kept += len(s.entries)
	}
	if kept != 400 || len(o.settled) != keptOrders {
		t.Errorf("%d orders, %d entries", len(o.settled), kept)
	}
	if s, done, known := o.find("10"); !done || !known || s.Epoch != 10 || s.entries != nil {
		t.Errorf("the oldest: %+v", s)
	}
}

// TestLookOut: an order to put back notices what is withdrawn here while it asks, under whatever name, and nothing else.
func TestLookOut(t *testing.T) {
	t.Parallel()
	id := "weekly-abcdefghijklmnopqrst"
	for _, tt := range []struct {
		name  string
		order syndicate.Order
		want  bool
	}{
		{"the same", syndicate.Order{Targets: []string{"source:hill", "item:" + id}}, true},
		{"another", syndicate.Order{Targets: []string{"source:hill"}}, false},
		{"put back", syndicate.Order{Targets: []string{id}, Model: syndicate.Withdrawal{Reinstated: true}}, false},
	} {
		var o orders
		o.add(syndicate.Order{Targets: []string{id}})
		end, other := o.lookOut([]string{id, "source:x"}), o.lookOut([]string{"source:y"})
		o.add(tt.order)
		if end() != tt.want || other() || len(o.lookouts) > 0 {
			t.Errorf("%s: not %v, or %d are left", tt.name, tt.want, len(o.lookouts))
		}
		o.add(syndicate.Order{Targets: []string{id}})
	}
}

// BenchmarkLargeOrdersSettled is a put back beside a thousand settled orders of a thousand targets.
func BenchmarkLargeOrdersSettled(b *testing.B) {
	var o orders
	var targets []string
	for n := range mostTargets {
		targets = append(targets, fmt.Sprintf("source:%d", n))
	}
	for n := range keptOrders {
		o.note(settled{Settlement: syndicate.Settlement{Key: fmt.Sprint(n)}, entries: make([]syndicate.Withdrawal, mostTargets)})
	}
	for b.Loop() {
		if o.lookOut(targets)() {
			b.Fatal("nothing was withdrawn")
		}
	}
}
