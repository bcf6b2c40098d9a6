package syndicate_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"reprint/feeds"
	"reprint/syndicate"
)

var eight = time.Date(2026, 3, 10, 8, 0, 0, 0, time.UTC)

// at is an hour of the tests' day.
func at(hour int) time.Time { return eight.Add(time.Duration(hour-8) * time.Hour) }

func upstreamItem(updated time.Time) feeds.Item {
	return feeds.Item{ID: feeds.NewID("hill", "1"), Source: "hill", GUID: "1", Updated: updated}
}

func deletion(when time.Time) feeds.Deletion {
	return feeds.Deletion{Item: feeds.NewID("hill", "1"), GUID: "1", When: when, By: "The desk", Reason: "a wrong name", Where: "at:deleted-entry"}
}

// TestTakeBack: what a deletion does, by what counts about its item.
func TestTakeBack(t *testing.T) {
	t.Parallel()
	target := syndicate.ItemTarget(feeds.NewID("hill", "1"))
	word := func(hour int) *syndicate.Upstream {
		return &syndicate.Upstream{When: at(hour), Where: "at:deleted-entry"}
	}
	never := time.Time{}
	for _, c := range []struct {
		name  string
		known syndicate.Withdrawal
		when  time.Time
		want  bool
	}{
		{"nothing is known", syndicate.Withdrawal{}, at(9), true},
		{"nothing is known, no date", syndicate.Withdrawal{}, never, true},
		{"withdrawn by the operator", syndicate.Withdrawal{Target: target, At: at(8)}, at(9), false},
		{"withdrawn by the same word", syndicate.Withdrawal{Target: target, At: at(9), Upstream: word(9)}, at(9), false},
		{"withdrawn by an older word", syndicate.Withdrawal{Target: target, At: at(9), Upstream: word(8)}, at(9), false},
		{"published again before", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Upstream: word(10)}, at(11), true},
		{"published again before, no date", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Upstream: word(10)}, never, true},
		{"published again since", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Upstream: word(10)}, at(9), false},
		{"published again at the same moment", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Upstream: word(10)}, at(10), true},
		{"published again at a moment that never came", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Upstream: word(9999)}, at(12), true},
		{"the operator set this word aside", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Despite: word(9)}, at(9), false},
		{"the operator set an older word aside", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Despite: word(9)}, at(10), true},
		{"the operator set aside a word from the future, this one", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Despite: word(9999)}, at(9999), false},
		{"the operator set aside a word without a date", syndicate.Withdrawal{Target: target, At: at(11), Reinstated: true, Despite: &syndicate.Upstream{}}, never, false},
		{"the operator ended his own withdrawal before", syndicate.Withdrawal{Target: target, At: at(8), Reinstated: true}, at(9), true},
		{"the operator ended his own withdrawal since", syndicate.Withdrawal{Target: target, At: at(10), Reinstated: true}, at(9), true},
		{"the operator ended his own withdrawal since, no date", syndicate.Withdrawal{Target: target, At: at(10), Reinstated: true}, never, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			entry, got := syndicate.TakeBack(c.known, deletion(c.when), at(12))
			if got != c.want {
				t.Fatalf("it withdraws: %t, want %t", got, c.want)
			}
			if got && (entry.Target != target || entry.Cause != syndicate.Retracted || entry.Reinstated || len(entry.Addresses) > 0 || !entry.At.Equal(at(12)) ||
				entry.Note != "a wrong name, by The desk, in at:deleted-entry" || entry.Upstream.When != c.when) {
				t.Errorf("entry %+v", entry)
			}
		})
	}
}

// TestPutBack: what its source publishes again comes back, and nothing else.
func TestPutBack(t *testing.T) {
	t.Parallel()
	target := syndicate.ItemTarget(feeds.NewID("hill", "1"))
	taken := func(hour int) syndicate.Withdrawal {
		return syndicate.Withdrawal{Target: target, At: at(10), Cause: syndicate.Retracted, Upstream: &syndicate.Upstream{When: at(hour)}}
	}
	undated := taken(9)
	undated.Upstream.When = time.Time{}
	for _, c := range []struct {
		name  string
		known syndicate.Withdrawal
		said  time.Time
		want  bool
	}{
		{"later", taken(9), at(11), true},
		{"later than the word, before we heard it", taken(8), at(9), true},
		{"the same moment", taken(9), at(9), false},
		{"a copy from before", taken(9), at(8), false},
		{"an item without a date", taken(9), time.Time{}, false},
		{"a word from the future holds from when it was heard", taken(9999), at(11), true},
		{"a word without a date holds from when it was heard", undated, at(11), true},
		{"a word without a date, an item from before", undated, at(9), false},
		{"the operator withdrew it, and called it retracted", syndicate.Withdrawal{Target: target, At: at(10), Cause: syndicate.Retracted}, at(11), false},
		{"the law", syndicate.Withdrawal{Target: target, At: at(10), Cause: syndicate.Legal}, at(11), false},
		{"nothing was withdrawn", syndicate.Withdrawal{}, at(11), false},
		{"it is back already", syndicate.Withdrawal{Target: target, At: at(10), Reinstated: true, Upstream: &syndicate.Upstream{When: at(9)}}, at(11), false},
		{"another item", syndicate.Withdrawal{Target: syndicate.ItemTarget(feeds.NewID("hill", "2")), At: at(10), Upstream: &syndicate.Upstream{When: at(9)}}, at(11), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			entry, got := syndicate.PutBack(c.known, upstreamItem(c.said), at(12))
			if got != c.want {
				t.Fatalf("it puts back: %t, want %t", got, c.want)
			}
			if got && (entry.Target != target || !entry.Reinstated || !entry.Upstream.When.Equal(c.said)) {
				t.Errorf("entry %+v", entry)
			}
		})
	}
}

// TestWordsOfASource: in whatever order a source's words and an operator's come, saying
// the last one again changes nothing, and what somebody here withdrew no source puts back.
func TestWordsOfASource(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var known syndicate.Withdrawal
		target := syndicate.ItemTarget(feeds.NewID("hill", "1"))
		now := eight
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			now = now.Add(time.Hour)
			when := time.Time{}
			if rapid.Bool().Draw(t, "dated") {
				when = now.Add(time.Duration(rapid.IntRange(-5, 5).Draw(t, "hours")) * time.Hour)
			}
			before := known
			switch rapid.SampledFrom([]string{"delete", "publish", "withdraw", "reinstate"}).Draw(t, "step") {
			case "delete":
				entry, did := syndicate.TakeBack(known, deletion(when), now)
				if did {
					known = entry
				}
				if _, again := syndicate.TakeBack(known, deletion(when), now.Add(time.Minute)); again {
					t.Fatalf("the same word withdraws again what counts as %+v", known)
				}
			case "publish":
				if entry, did := syndicate.PutBack(known, upstreamItem(when), now); did {
					known = entry
				}
				if before.Target != "" && !before.Reinstated && before.Upstream == nil && known.Reinstated {
					t.Fatalf("the source put back %+v", before)
				}
			case "withdraw":
				known = syndicate.Withdrawal{Target: target, At: now, Cause: syndicate.Rights}
			case "reinstate":
				known = syndicate.Withdrawal{Target: target, At: now, Reinstated: true, Despite: before.LastWord()}
				if before.IsUpstreams() {
					if _, again := syndicate.TakeBack(known, deletion(before.Upstream.When), now.Add(time.Hour)); again {
						t.Fatalf("what the operator put back goes by the word that he set aside: %+v", before)
					}
				}
			}
		}
	})
}

// TestPictureOfASource: the picture is withheld in items of that source, and stays in others'.
func TestPictureOfASource(t *testing.T) {
	t.Parallel()
	gone := feeds.Deletion{Item: feeds.NewID("hill", "1"), Picture: "https://img.example/a.jpg", Where: "media:status"}
	entry, _ := syndicate.TakeBack(syndicate.Withdrawal{}, gone, at(12))
	if entry.Target != syndicate.SourcePictureTarget("hill", "https://img.example/a.jpg") {
		t.Fatalf("target %s", entry.Target)
	}
	if back, err := syndicate.ParseTarget(string(entry.Target)); err != nil || back != entry.Target {
		t.Errorf("read back as %q, %v", back, err)
	}
	if _, err := syndicate.ParseTarget("picture-of:hill"); err == nil {
		t.Error("a picture without an address is a target")
	}
}
