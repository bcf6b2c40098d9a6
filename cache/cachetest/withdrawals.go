package cachetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate"
)

func withdrawal(target syndicate.Target, note string) syndicate.Withdrawal {
	return syndicate.Withdrawal{Target: target, Cause: syndicate.Rights, At: noon, Note: note, Addresses: []string{"a.example/1"}}
}

// testWithdraw: epochs rise over all targets, the same key changes nothing, everything is in the
// journal, and another process sees it all.
func testWithdraw(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	item, source := syndicate.ItemTarget(Item("a", 1, 1).ID), syndicate.SourceTarget("b")
	withdraw := func(key string, w syndicate.Withdrawal, want int64) syndicate.Withdrawal {
		t.Helper()
		got, err := s.Withdraw(t.Context(), key, w)
		if err != nil || got.Epoch != want {
			t.Fatalf("epoch %d, want %d: %v", got.Epoch, want, err)
		}
		return got
	}
	withdraw("k1", withdrawal(item, "one"), 1)
	second := withdraw("k2", withdrawal(source, "two"), 2)
	if again := withdraw("k1", withdrawal(item, "another"), 1); again.Note != "one" {
		t.Errorf("the same key gave %+v", again)
	}
	back := withdrawal(item, "back")
	back.Reinstated = true
	third := withdraw("k3", back, 3)
	got, err := other.Withdrawals(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []syndicate.Withdrawal{second, third})
	if got, err := other.Withdrawals(t.Context(), 2, 10); err != nil || len(got) != 1 || got[0].Epoch != 3 {
		t.Errorf("after 2: %+v, %v", got, err)
	}
	if got, err := other.Withdrawals(t.Context(), 0, 1); err != nil || len(got) != 1 || got[0].Epoch != 2 {
		t.Errorf("the first: %+v, %v", got, err)
	}
	var kinds []string
	for _, c := range journal(t, other) {
		kinds = append(kinds, fmt.Sprintf("%s %s %q", c.Kind, c.Item, c.Source))
	}
	same(t, kinds, []string{fmt.Sprintf("withdraw %s %q", item.Item(), "a"), `withdraw source:b ""`, fmt.Sprintf("reinstate %s %q", item.Item(), "a")})
}

// testEpochsAfterAFallback: an entry of somebody who knows of a greater epoch than the store comes after that, and what it
// knows is kept as it was: the wording too.
func testEpochsAfterAFallback(t *testing.T, o Open) {
	s := open(t, o)
	item := Item("a", 1, 1)
	item.Text = strings.Repeat("The keepers of the tower counted their lamps again. ", 20)
	w := syndicate.Withdrawal{Target: syndicate.ItemTarget(item.ID), Cause: syndicate.Rights, At: noon, Epoch: 40}.WithItem(item)
	if got, err := s.Withdraw(t.Context(), "k1", w); err != nil || got.Epoch != 41 {
		t.Fatalf("%+v, %v", got, err)
	}
	for n, known := range []int64{7, 0, 43} {
		got, err := s.Withdraw(t.Context(), fmt.Sprint("other", n), syndicate.Withdrawal{Target: "source:b", Cause: syndicate.Rights, At: noon, Epoch: known})
		if want := []int64{42, 43, 44}[n]; err != nil || got.Epoch != want {
			t.Fatalf("%+v, want epoch %d: %v", got, want, err)
		}
	}
	got, err := s.Withdrawals(t.Context(), 0, 1)
	if err != nil {
		t.Fatal(err)
	}
	w.Epoch = 41
	same(t, got, []syndicate.Withdrawal{w})
	if i, err := s.Identity(t.Context()); err != nil || i.Epoch != 44 || i.Sum != syndicate.NewWithdrawals(w, syndicate.Withdrawal{Target: "source:b", Epoch: 44}).Sum() {
		t.Errorf("%+v, %v", i, err)
	}
	if _, err := s.Replicas(t.Context(), time.Millisecond); err != nil {
		t.Error(err)
	}
}

// testStanding: what counts about a target is told, with the source's word, and nothing about
// others.
func testStanding(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	item := syndicate.ItemTarget(Item("a", 1, 1).ID)
	taken := withdrawal(item, "taken")
	taken.Upstream = &syndicate.Upstream{When: noon, Where: "at:deleted-entry"}
	back := withdrawal("source:b", "back")
	back.Reinstated, back.Despite = true, &syndicate.Upstream{Where: "expired"}
	var want []syndicate.Withdrawal
	for n, w := range []syndicate.Withdrawal{taken, withdrawal("source:c", "another's"), withdrawal("source:b", "gone"), back} {
		stored, err := s.Withdraw(t.Context(), fmt.Sprint("k", n), w)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 || n == 3 {
			want = append(want, stored)
		}
	}
	got, err := other.Standing(t.Context(), []syndicate.Target{"source:b", "origin:nobody", item})
	if err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(got, func(a, b syndicate.Withdrawal) int { return cmp.Compare(a.Epoch, b.Epoch) })
	same(t, got, want)
	if none, err := other.Standing(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("about nothing: %+v, %v", none, err)
	}
}

// testOvertaken: an order to put back that was on its way for long does nothing if its target was withdrawn again.
func testOvertaken(t *testing.T, o Open) {
	s := open(t, o)
	target := syndicate.ItemTarget("a-1")
	give := func(key string, w syndicate.Withdrawal) syndicate.Withdrawal {
		t.Helper()
		w.Target, w.At = target, noon
		got, err := s.Withdraw(t.Context(), key, w)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	first := give("w1", syndicate.Withdrawal{Cause: syndicate.Rights})
	back := syndicate.Withdrawal{Reinstated: true, Seen: first.Epoch}
	if got := give("r1", back); !got.Reinstated {
		t.Fatalf("%+v", got)
	}
	if got := give("r2", back); !got.Reinstated {
		t.Errorf("put back twice: %+v", got)
	}
	second := give("w2", syndicate.Withdrawal{Cause: syndicate.Rights})
	if got := give("r1", back); got.Reinstated || got.Epoch != second.Epoch {
		t.Errorf("an order from before the second withdrawal: %+v", got)
	}
	if list, err := s.Withdrawals(t.Context(), 0, 10); err != nil || len(list) != 1 || list[0].Reinstated {
		t.Errorf("%+v, %v", list, err)
	}
	back.Seen = second.Epoch
	third := give("r3", back)
	if !third.Reinstated || third.Epoch <= second.Epoch {
		t.Errorf("an order from after it: %+v", third)
	}
	again := syndicate.Withdrawal{Cause: syndicate.Rights, Seen: second.Epoch}
	if got := give("w3", again); !got.Reinstated || got.Epoch != third.Epoch {
		t.Errorf("an entry that rests on what was put back since: %+v", got)
	}
	fourth := give("w4", syndicate.Withdrawal{Cause: syndicate.Rights})
	if got := give("w5", syndicate.Withdrawal{Cause: syndicate.Rights, Addresses: []string{"a"}, Seen: fourth.Epoch}); got.Reinstated || len(got.Addresses) != 1 {
		t.Errorf("an entry that completes another: %+v", got)
	}
	sixth := give("w6", syndicate.Withdrawal{Cause: syndicate.Legal})
	if got := give("w7", syndicate.Withdrawal{Cause: syndicate.Rights, Addresses: []string{"a"}, Seen: fourth.Epoch}); got.Cause != syndicate.Legal || got.Epoch != sixth.Epoch {
		t.Errorf("an entry that completes an older one than the one that stands: %+v", got)
	}
	back.Seen = fourth.Epoch
	if got := give("r4", back); got.Reinstated {
		t.Errorf("an order from before the one that stands: %+v", got)
	}
	give("w8", syndicate.Withdrawal{Cause: syndicate.Legal, Addresses: []string{"a"}, Seen: sixth.Epoch})
	back.Seen = sixth.Epoch
	if got := give("r5", back); !got.Reinstated {
		t.Errorf("an order from before an entry was completed, which decides nothing: %+v", got)
	}
}

// testPutBack: a source puts back what it took back, and nothing that somebody here withdrew since.
func testPutBack(t *testing.T, o Open) {
	s := open(t, o)
	item := syndicate.ItemTarget(Item("a", 1, 1).ID)
	entry := func(key string, reinstated bool, word *syndicate.Upstream) syndicate.Withdrawal {
		t.Helper()
		w := withdrawal(item, key)
		w.Reinstated, w.Upstream = reinstated, word
		stored, err := s.Withdraw(t.Context(), key, w)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	word := &syndicate.Upstream{When: noon, Where: "at:deleted-entry"}
	entry("taken", false, word)
	if back := entry("back", true, word); !back.Reinstated || back.Epoch != 2 {
		t.Errorf("the source did not put back its own: %+v", back)
	}
	entry("taken again", false, word)
	ours := entry("a \"upstream\": of ours", false, nil)
	same(t, []syndicate.Withdrawal{entry("back again", true, word)}, []syndicate.Withdrawal{ours})
	if changes := journal(t, s); len(changes) != 4 {
		t.Errorf("%d changes in the journal, want 4", len(changes))
	}
	if back := entry("by hand", true, nil); !back.Reinstated {
		t.Errorf("somebody here may put it back: %+v", back)
	}
}

// testGivesWay: what nobody at the house has decided never takes the place of a withdrawal, and does of what was put back.
// An item's own source is heard about what is down as a copy, or because somebody complained; and such an entry can be completed.
func testGivesWay(t *testing.T, o Open) {
	s := open(t, o)
	target := syndicate.ItemTarget(Item("a", 1, 1).ID)
	weak := map[string]syndicate.Withdrawal{
		"claim":  {Target: target, Cause: syndicate.Claimed, At: noon},
		"source": {Target: target, Cause: syndicate.Retracted, At: noon, Upstream: &syndicate.Upstream{When: noon, Where: "expired"}},
		"copy":   {Target: target, Cause: syndicate.Legal, At: noon, CopyOf: "item:b-1"},
	}
	give := func(key string, w syndicate.Withdrawal) syndicate.Withdrawal {
		t.Helper()
		stored, err := s.Withdraw(t.Context(), key, w)
		if err != nil {
			t.Fatal(err)
		}
		return stored
	}
	for name, w := range weak {
		court := give("court "+name, syndicate.Withdrawal{Target: target, Cause: syndicate.Legal, At: noon, Authority: "https://court.example/7"})
		same(t, []syndicate.Withdrawal{give(name, w)}, []syndicate.Withdrawal{court})
		give("back "+name, syndicate.Withdrawal{Target: target, Reinstated: true, At: noon})
		first := give(name, w)
		if first.Reinstated || first.Cause != w.Cause {
			t.Errorf("%s about what was put back: %+v", name, first)
		}
		for other, w := range weak {
			got := give("also "+other, w)
			if other == "source" && first.Upstream == nil {
				if got.Upstream == nil || got.Epoch <= first.Epoch {
					t.Errorf("the word of the source about %s: %+v", name, got)
				}
				first = got
			}
			same(t, []syndicate.Withdrawal{got}, []syndicate.Withdrawal{first})
		}
	}
	give("put back", syndicate.Withdrawal{Target: target, Reinstated: true, At: noon})
	claimed := give("a claim", weak["claim"])
	heard := claimed
	heard.Seen, heard.Meanwhile = claimed.Epoch, &syndicate.Upstream{When: noon, Where: "expired"}
	if got := give("heard", heard); got.Meanwhile == nil || got.Cause != syndicate.Claimed || got.Decided() != claimed.Epoch {
		t.Errorf("the word of the source while a claim withholds: %+v", got)
	}
	checkSum(t, s)
}

// testKeys: a key that would not be one in every store is refused, and nothing is written.
func testKeys(t *testing.T, o Open) {
	s := open(t, o)
	if _, err := s.Withdraw(t.Context(), "letter\t17", withdrawal("source:a", "")); err == nil || !strings.Contains(err.Error(), `"letter\t17"`) {
		t.Errorf("a tab in the key: %v", err)
	}
	if _, err := s.Withdraw(t.Context(), `letter "17" à Bo`, withdrawal("source:b", "a\tnote")); err != nil {
		t.Error(err)
	}
	if all, err := s.Withdrawals(t.Context(), 0, 10); err != nil || len(all) != 1 || all[0].Note != "a\tnote" {
		t.Errorf("%+v, %v", all, err)
	}
}

// testText: what is not UTF-8 is refused, and nothing is written; where it is there from before, everybody reads the entry that is
// in the sum.
func testText(t *testing.T, o Open) {
	s := open(t, o)
	const gbk = "\xd6\xd0\xb9\xfa"
	for name, w := range map[string]syndicate.Withdrawal{
		"key": withdrawal("source:a", ""), "target": withdrawal("picture:https://img.example/"+gbk+".jpg", ""), "note": withdrawal("source:a", gbk),
		"authority": {Target: "source:a", Authority: gbk}, "replacement": {Target: "source:a", Replacement: gbk},
	} {
		key := name
		if name == "key" {
			key = gbk
		}
		if _, err := s.Withdraw(t.Context(), key, w); err == nil || !strings.Contains(err.Error(), "the "+name) || !strings.Contains(err.Error(), "UTF-8") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if i, err := s.Identity(t.Context()); err != nil || i.Epoch != 0 || len(journal(t, s)) != 0 {
		t.Errorf("%+v, %v", i, err)
	}
	before := withdrawal("picture:https://img.example/"+gbk+".jpg", "from before")
	before.Epoch = 3
	for range 2 {
		if err := s.Restore(t.Context(), []syndicate.Withdrawal{before}); err != nil {
			t.Fatal(err)
		}
		checkSum(t, s)
		before.Epoch++
	}
}

// testRestore: what another store had is put back at its epochs, once, and epochs go on from there.
func testRestore(t *testing.T, o Open) {
	s := open(t, o)
	if _, err := s.Withdraw(t.Context(), "k", withdrawal("source:x", "mine")); err != nil {
		t.Fatal(err)
	}
	lost := []syndicate.Withdrawal{withdrawal("source:x", "newer"), withdrawal("source:y", "lost"), withdrawal("source:z", "lost")}
	lost[0].Epoch, lost[1].Epoch, lost[2].Epoch = 5, 7, 6
	for range 2 {
		if err := s.Restore(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
	}
	older := withdrawal("source:y", "older")
	older.Epoch = 3
	if err := s.Restore(t.Context(), []syndicate.Withdrawal{older}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Withdrawals(t.Context(), 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, got, []syndicate.Withdrawal{lost[0], lost[2], lost[1]})
	if n := len(journal(t, s)); n != 4 {
		t.Errorf("%d entries of the journal", n)
	}
	if next, err := s.Withdraw(t.Context(), "k2", withdrawal("source:w", "")); err != nil || next.Epoch != 8 {
		t.Errorf("the next epoch is %d, %v", next.Epoch, err)
	}
	checkSum(t, s)
	many := make([]syndicate.Withdrawal, 1203)
	for i := range many {
		many[i] = withdrawal(syndicate.Target(fmt.Sprintf("source:many-%d", i)), "")
		many[i].Epoch = int64(100 + i)
	}
	if err := s.Restore(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Withdrawals(t.Context(), 99, 2000); err != nil || len(got) != len(many) {
		t.Errorf("%d of %d are back: %v", len(got), len(many), err)
	}
	checkSum(t, s)
	back := withdrawal("source:y", "")
	back.Reinstated = true
	if _, err := s.Withdraw(t.Context(), "k3", back); err != nil {
		t.Fatal(err)
	}
	checkSum(t, s)
	tie := withdrawal("source:y", "of the same epoch")
	tie.Epoch = 1303
	if err := s.Restore(t.Context(), []syndicate.Withdrawal{tie}); err != nil {
		t.Fatal(err)
	}
	checkSum(t, s)
	all, err := s.Withdrawals(t.Context(), 1302, 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, all, []syndicate.Withdrawal{tie})
}

// checkSum compares what a store says of its entries with the entries.
func checkSum(t *testing.T, s cache.Store) {
	t.Helper()
	all, err := s.Withdrawals(t.Context(), 0, 5000)
	if err != nil {
		t.Fatal(err)
	}
	set := syndicate.NewWithdrawals(all...)
	i, err := s.Identity(t.Context())
	if err != nil || i.Epoch != set.Epoch() || i.Sum != set.Sum() {
		t.Errorf("the store says epoch %d, sum %d; its entries have %d, %d: %v", i.Epoch, i.Sum, set.Epoch(), set.Sum(), err)
	}
}

func testIdentity(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	a, err := s.Identity(t.Context())
	if err != nil || len(a.ID) < 16 || a.Epoch != 0 {
		t.Fatalf("%+v, %v", a, err)
	}
	b, err := other.Beat(t.Context(), cache.Beat{Server: "s1", Applied: 0})
	if older := b.RunAge >= a.RunAge; err != nil || !older {
		t.Errorf("%+v, %v", b, err)
	}
	if b.RunAge = a.RunAge; b != a {
		t.Errorf("another process sees %+v, not %+v", b, a)
	}
}

func testServers(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	beat := func(b cache.Beat) {
		t.Helper()
		if _, err := s.Beat(t.Context(), b); err != nil {
			t.Fatal(err)
		}
	}
	one := cache.Beat{Server: "s1", Applied: 4, Lease: 1500 * time.Millisecond, Version: "v1", Address: "127.0.0.1:1"}
	beat(cache.Beat{Server: "s2", Applied: 3})
	beat(cache.Beat{Server: "s1", Applied: 1})
	time.Sleep(60 * time.Millisecond)
	beat(one)
	got, err := other.Servers(t.Context())
	if err != nil || len(got) != 2 || got[0].Beat != one || got[1].Server != "s2" {
		t.Fatalf("%+v, %v", got, err)
	}
	if got[1].Age-got[0].Age < 50*time.Millisecond || got[1].Age > 10*time.Second {
		t.Errorf("ages %v and %v", got[0].Age, got[1].Age)
	}
	for range 2 {
		if err := s.Leave(t.Context(), "s2"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := other.Servers(t.Context()); err != nil || len(got) != 1 {
		t.Errorf("after one left: %+v, %v", got, err)
	}
}

// testWithdrawAtOnce: many withdraw at once; every epoch is given once.
func testWithdrawAtOnce(t *testing.T, o Open) {
	s := open(t, o)
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := make(map[int64]bool)
	for n := range 8 {
		wg.Go(func() {
			for i := range 10 {
				w, err := s.Withdraw(t.Context(), fmt.Sprint(n, "-", i), withdrawal(syndicate.Target(fmt.Sprintf("source:%d-%d", n, i)), ""))
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				if seen[w.Epoch] {
					t.Errorf("epoch %d was given twice", w.Epoch)
				}
				seen[w.Epoch] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if all, err := s.Withdrawals(t.Context(), 0, 1000); err != nil || len(all) != 80 {
		t.Errorf("%d entries, %v", len(all), err)
	}
}
