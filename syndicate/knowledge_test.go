package syndicate_test

import (
	"fmt"
	"testing"

	"reprint/syndicate"
)

// TestLearns: an entry goes on learning where its item stands once it knows as many wordings as it keeps, and the other way
// round; it forgets nothing by that, and what nobody at the house has decided learns nothing.
func TestLearns(t *testing.T) {
	t.Parallel()
	item := func(version, place int) (i struct{ text, link string }) {
		return struct{ text, link string }{tale(uint64(version), 20), fmt.Sprintf("https://a.example/%d", place)}
	}
	learn := func(w syndicate.Withdrawal, version, place int) (syndicate.Withdrawal, bool) {
		i := item(version, place)
		return w.Learns(told("open", "1", i.link, "T", i.text, monday))
	}
	first := item(1, 1)
	w := taken(told("open", "1", first.link, "T", first.text, monday), 1)
	for version := 2; version <= 4; version++ {
		var more bool
		if w, more = learn(w, version, 1); !more {
			t.Fatalf("version %d teaches nothing", version)
		}
		if _, again := learn(w, version, 1); again {
			t.Errorf("version %d teaches something twice", version)
		}
	}
	if _, more := learn(w, 5, 1); more {
		t.Error("a fifth wording is learned")
	}
	for place := 2; place <= 15; place++ {
		var more bool
		if w, more = learn(w, 5, place); !more {
			t.Fatalf("with all wordings, place %d teaches nothing", place)
		}
	}
	if _, more := learn(w, 5, 16); more {
		t.Errorf("%d addresses and one more", len(w.Addresses))
	}
	set := syndicate.NewWithdrawals(w)
	for version := range 6 {
		i := item(version, 99)
		if _, down := set.Of(told("commons", "2", i.link, "B", i.text, monday)); down != (version >= 1 && version <= 4) {
			t.Errorf("version %d by another source: down %v", version, down)
		}
	}
	for name, weak := range map[string]syndicate.Withdrawal{
		"a claim's": {Target: w.Target, Cause: syndicate.Claimed}, "a copy's": {Target: w.Target, CopyOf: "item:x-1"}, "put back": {Target: w.Target, Reinstated: true},
	} {
		if _, more := learn(weak, 2, 2); more {
			t.Errorf("%s entry learns", name)
		}
	}
}
