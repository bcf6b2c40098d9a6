package syndicate_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"reprint/feeds"
	"reprint/syndicate"
)

// taken withdraws an item with all that it is known by.
func taken(i feeds.Item, epoch int64) syndicate.Withdrawal {
	return syndicate.Withdrawal{Target: syndicate.ItemTarget(i.ID), Epoch: epoch, Cause: syndicate.Rights, At: monday}.WithItem(i)
}

// TestToldAgain: a withdrawn story stays down wherever it is told again, and nothing else goes with it (R43).
func TestToldAgain(t *testing.T) {
	t.Parallel()
	text, han := tale(1, 20), hanTale(1)
	brief := "县城的老水塔近日修缮完工，市民可以登塔远眺，每周二至周日开放，免费参观。"
	for _, tt := range []struct {
		name            string
		withdrawn, item feeds.Item
		want            bool
	}{
		{"by another source at another address", told("open", "1", "https://a.example/1", "A", text, monday), told("commons", "2", "https://b.example/2", "B", text, monday), true},
		{"in Chinese, in the other script", told("open", "1", "", "A", han, monday), told("commons", "2", "", "B", strings.ReplaceAll(han, "记", "記"), monday), true},
		{"with a tenth more", told("open", "1", "", "A", text, monday), told("commons", "2", "", "B", text+tale(3, 2), monday), true},
		{"with a tenth less", told("open", "1", "", "A", text+tale(3, 2), monday), told("commons", "2", "", "B", text, monday), true},
		{"its first half, under its title", told("open", "1", "", "The mill opens", tale(1, 20), monday), told("commons", "2", "", "The mill opens", tale(1, 8), monday), true},
		{"half of it is otherwise", told("open", "1", "", "A", tale(1, 10)+tale(3, 10), monday), told("commons", "2", "", "B", tale(1, 10)+tale(4, 10), monday), false},
		{"another story under its title", told("open", "1", "", "The mill opens", text, monday), told("commons", "2", "", "The mill opens", tale(2, 20), monday), false},
		{"in a round-up", told("open", "1", "", "The mill", text, monday), told("commons", "2", "", "The morning", text+tale(2, 20)+tale(5, 20), monday), false},
		{"a short text under another title", told("open", "1", "", "The mill", tale(1, 8), monday), told("commons", "2", "", "A clock", tale(1, 8), monday), true},
		{"nearly a short text under another title", told("open", "1", "", "The mill", tale(1, 8), monday), told("commons", "2", "", "A clock", tale(1, 8)+"More.", monday), false},
		{"a short text of its own source under another title", told("open", "1", "", "The mill", tale(1, 8), monday), told("open", "2", "", "A clock", tale(1, 8), monday), false},
		{"a short text under its title", told("open", "1", "", "The mill opens", tale(1, 8), monday), told("commons", "2", "", "The mill opens again", tale(1, 8), monday), true},
		{"a brief, to the letter", told("open", "1", "", "The mill", tale(1, 2), monday), told("commons", "2", "", "The mill", tale(1, 2), monday.AddDate(0, 3, 0)), true},
		{"a brief in Chinese, to the letter", told("open", "1", "", "水塔修缮完工", brief, monday), told("commons", "2", "", "水塔修缮完工", brief, monday), true},
		{"a brief under another title", told("open", "1", "", "The mill", tale(1, 2), monday), told("commons", "2", "", "The mills", tale(1, 2), monday), false},
		{"a brief with a word more", told("open", "1", "", "The mill", tale(1, 2), monday), told("commons", "2", "", "The mill", tale(1, 2)+"More.", monday), false},
		{"a brief of its own source", told("open", "1", "", "The mill", tale(1, 2), monday), told("open", "2", "", "The mill", tale(1, 2), monday), false},
		{"a brief without a title", told("open", "1", "", "", tale(1, 2), monday), told("commons", "2", "", "", tale(1, 2), monday), false},
		{"a line", told("open", "1", "", "The mill", "For subscribers only.", monday), told("commons", "2", "", "The mill", "For subscribers only.", monday), false},
		{"a brief at the head of a story", told("open", "1", "", "The mill", tale(1, 2), monday), told("commons", "2", "", "The mill", text, monday), false},
		{"nearly the same next year", told("open", "1", "", "Hours", text, monday), told("commons", "2", "", "Hours", text+tale(2, 1), monday.AddDate(1, 0, 0)), false},
		{"to the letter next year", told("open", "1", "", "Hours", text, monday), told("commons", "2", "", "Hours", text, monday.AddDate(1, 0, 0)), true},
		{"to the letter next year, by its own source", told("open", "1", "", "Hours", text, monday), told("open", "2", "", "Hours", text, monday.AddDate(1, 0, 0)), true},
		{"by its own source, under another id and headline", told("open", "1", "https://a.example/1", "A", text, monday), told("open", "2", "https://a.example/2", "B", text, monday.AddDate(0, 0, 3)), true},
		{"by its own source every day, of another day", told("open", "1", "", "Weather", text+tale(100, 4), monday), told("open", "2", "", "Weather", text+tale(101, 4), monday.AddDate(0, 0, 1)), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := syndicate.NewWithdrawals(taken(tt.withdrawn, 1), taken(told("nd", "9", "", "Z", tale(9, 20), monday), 2))
			if _, ok := set.Of(tt.withdrawn); !ok {
				t.Fatal("the item itself is not down")
			}
			if w, ok := set.Of(tt.item); ok != tt.want || ok && w.Epoch != 1 {
				t.Errorf("down %v by %+v, want %v", ok, w.Target, tt.want)
			}
		})
	}
}

// TestToldAgainAndPutBack: what somebody here puts back comes up, the copy alone too; the word of a source frees nothing
// that it did not take back, and takes no copy along.
func TestToldAgainAndPutBack(t *testing.T) {
	t.Parallel()
	original, again := told("open", "1", "https://a.example/1", "A", tale(1, 20), monday), told("commons", "2", "https://b.example/2", "B", tale(1, 20), monday)
	page := told("nd", "3", "https://a.example/1", "C", "", monday)
	back := func(i feeds.Item, epoch int64) syndicate.Withdrawal {
		return syndicate.Withdrawal{Target: syndicate.ItemTarget(i.ID), Epoch: epoch, Reinstated: true, At: monday}
	}
	word := func(w syndicate.Withdrawal) syndicate.Withdrawal {
		w.Upstream = &syndicate.Upstream{When: monday}
		return w
	}
	claimed := func(w syndicate.Withdrawal) syndicate.Withdrawal {
		w.Cause = syndicate.Claimed
		return w
	}
	third, along := told("nd", "4", "", "D", tale(1, 20), monday), back(again, 4)
	along.CopyOf = syndicate.ItemTarget(third.ID)
	for _, tt := range []struct {
		name    string
		entries []syndicate.Withdrawal
		down    string // of the original, the copy, and what stands at the same address
	}{
		{"withdrawn", []syndicate.Withdrawal{taken(original, 1)}, "yes yes yes"},
		{"put back", []syndicate.Withdrawal{taken(original, 1), back(original, 2)}, "no no no"},
		{"withdrawn once more", []syndicate.Withdrawal{taken(original, 1), back(original, 2), taken(original, 3)}, "yes yes yes"},
		{"the copy put back", []syndicate.Withdrawal{taken(original, 1), back(again, 2), back(page, 3)}, "yes no no"},
		{"the copy put back before", []syndicate.Withdrawal{back(again, 1), taken(original, 2)}, "yes yes yes"},
		{"the copy put back by its source's word", []syndicate.Withdrawal{taken(original, 1), word(back(again, 2)), word(back(page, 3))}, "yes yes yes"},
		{"the copy put back, and one more of them withdrawn", []syndicate.Withdrawal{taken(original, 1), back(again, 2), taken(page, 3), taken(told("nd", "4", "", "D", tale(1, 20), monday), 4)}, "yes yes yes"},
		{"the copy put back at the end of a claim", []syndicate.Withdrawal{taken(original, 1), claimed(back(again, 2)), claimed(back(page, 3))}, "yes yes yes"},
		{"of two with one address, one put back", []syndicate.Withdrawal{taken(page, 1), taken(original, 2), back(page, 3)}, "yes yes no"},
		{"of two with one address, the other put back", []syndicate.Withdrawal{taken(original, 1), taken(page, 2), back(original, 3)}, "no no yes"},
		{"the copy of two put back along with the other", []syndicate.Withdrawal{taken(original, 1), taken(third, 2), back(third, 3), along}, "yes yes yes"},
		{"taken back by its source", []syndicate.Withdrawal{{Target: syndicate.ItemTarget(original.ID), Epoch: 1, Upstream: &syndicate.Upstream{}}}, "yes no no"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			set := syndicate.NewWithdrawals(tt.entries...)
			var down []string
			for _, i := range []feeds.Item{original, again, page} {
				_, ok := set.Of(i)
				down = append(down, map[bool]string{true: "yes", false: "no"}[ok])
			}
			if got := strings.Join(down, " "); got != tt.down {
				t.Errorf("down: %s, want %s", got, tt.down)
			}
		})
	}
	if w := (syndicate.Withdrawal{Upstream: &syndicate.Upstream{}}).WithItem(original); w.Wording != nil || w.Addresses != nil {
		t.Errorf("the word of a source takes along %+v", w)
	}
}

// TestReading: a rulebook reads texts as it is told to, for stories, withdrawals and wordings, and no other rulebook does.
func TestReading(t *testing.T) {
	t.Parallel()
	plain, _ := syndicate.Compile(testHouse())
	var read []string
	book := plain.Reading(func(text string) feeds.Gist {
		read = append(read, text)
		return feeds.NewGist(text)
	})
	x, y := told("open", "1", "", "A", tale(1, 20), monday), told("commons", "2", "", "B", tale(1, 20), monday)
	withdrawn := syndicate.NewWithdrawals(taken(told("nd", "3", "", "C", tale(2, 20), monday), 1))
	for name, ask := range map[string]func(*syndicate.Rulebook) any{
		"stories": func(b *syndicate.Rulebook) any { return b.Stories([]feeds.Item{x, y}) },
		"wording": func(b *syndicate.Rulebook) any { return b.WordingOf(x) },
		"decision": func(b *syndicate.Rulebook) any {
			_, d := b.Decide(x, syndicate.Public, withdrawn, monday)
			return d
		},
	} {
		want := ask(plain)
		if len(read) > 0 {
			t.Errorf("%s: the other rulebook was asked", name)
		}
		if got := ask(book); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
		if len(read) == 0 {
			t.Errorf("%s: was not asked", name)
		}
		read = nil
	}
}

// TestWordingIsKept: a wording survives the ledger and the store, holds no word of the text, and one that was damaged is an
// error.
func TestWordingIsKept(t *testing.T) {
	t.Parallel()
	w := taken(told("open", "1", "", "The mill opens", tale(1, 20), monday), 1)
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	var got syndicate.Withdrawal
	if err := json.Unmarshal(text, &got); err != nil || !reflect.DeepEqual(got, w) {
		t.Errorf("%+v, %v", got, err)
	}
	if len(text) > 1000 || strings.Contains(string(text), "keepers") || strings.Contains(string(text), "mill") {
		t.Errorf("%d bytes: %s", len(text), text)
	}
	for _, bad := range []string{`{"wording":{"least":"AAA"}}`, `{"wording":{"least":"!"}}`, `{"wording":{"title":"AA=="}}`} {
		if err := json.Unmarshal([]byte(bad), &got); err == nil {
			t.Errorf("%s is read", bad)
		}
	}
}

// BenchmarkToldAgain looks one item up among so many withdrawn ones with their wordings.
func BenchmarkToldAgain(b *testing.B) {
	for _, n := range []int{1, 10_000} {
		entries := make([]syndicate.Withdrawal, n)
		for i := range entries {
			entries[i] = taken(told("open", fmt.Sprint(i), "", "T", tale(uint64(i), 30), monday), int64(i+1))
		}
		before := heapOf()
		set := syndicate.NewWithdrawals(entries...)
		perEntry := float64(heapOf()-before) / float64(n)
		item := told("commons", "x", "", "T", tale(1e6, 30)[:feeds.MaxText-400], monday.Add(time.Hour))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, ok := set.Of(item); ok {
					b.Fatal("it is like no other")
				}
			}
			b.ReportMetric(perEntry, "B/entry")
		})
	}
}

// TestOrderOfEntries: whatever order servers hear of entries in, they give the same answers (withdrawals are a set).
func TestOrderOfEntries(t *testing.T) {
	t.Parallel()
	var items []feeds.Item
	for n := range 4 {
		items = append(items, told([]string{"open", "commons"}[n%2], fmt.Sprint(n), fmt.Sprintf("https://a.example/%d", n/2), "A", tale(uint64(n/3), 20), monday))
	}
	rapid.Check(t, func(t *rapid.T) {
		var entries []syndicate.Withdrawal
		for n := range rapid.IntRange(1, 10).Draw(t, "entries") {
			w := taken(items[rapid.IntRange(0, 3).Draw(t, "item")], int64(n+1))
			if w.Reinstated = rapid.Bool().Draw(t, "back"); w.Reinstated && rapid.Bool().Draw(t, "bare") {
				w.Addresses, w.Wording = nil, nil // it may have lost them, or never had them
			}
			entries = append(entries, w)
		}
		one, other := syndicate.NewWithdrawals(entries...), syndicate.NewWithdrawals(rapid.Permutation(entries).Draw(t, "order")...)
		if one.Sum() != other.Sum() || one.Epoch() != other.Epoch() || one.Len() != other.Len() {
			t.Fatalf("sums %d and %d", one.Sum(), other.Sum())
		}
		for _, i := range items {
			a, stands := one.Of(i)
			b, too := other.Of(i)
			if stands != too || a.Target != b.Target || a.Epoch != b.Epoch {
				t.Fatalf("%s: %v by %s, or %v by %s", i.ID, stands, a.Target, too, b.Target)
			}
		}
	})
}

// TestFreedBeforeItWasCompleted: an entry that is completed is as old as the one that it completes: what somebody put back since is free.
func TestFreedBeforeItWasCompleted(t *testing.T) {
	t.Parallel()
	original, again := told("open", "1", "https://a.example/1", "A", tale(1, 20), monday), told("commons", "2", "https://b.example/2", "A", tale(1, 20), monday)
	completed := taken(original, 25)
	completed.Seen = 10
	for epoch, down := range map[int64]bool{20: false, 5: true} {
		set := syndicate.NewWithdrawals(completed, syndicate.Withdrawal{Target: syndicate.ItemTarget(again.ID), Epoch: epoch, Reinstated: true})
		if _, stands := set.Of(again); stands != down {
			t.Errorf("put back at %d: down is %v", epoch, stands)
		}
	}
}
