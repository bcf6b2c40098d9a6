package serve_test

import (
	"fmt"
	"net/http"
	"testing"

	"reprint/syndicate"
)

// TestWithdrawnBeforeItIsThere: an item is withdrawn that the store does not have, or has lost. It is down when it comes, and
// from then on known again wherever its story is told, on every server, as if it had been there.
func TestWithdrawnBeforeItIsThere(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, before, after, other := longStory("weekly", 1, 1), longStory("hill", 7, 1), longStory("hill", 8, 1), longStory("hill", 2, 2)
	fill(t, store, before, other)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	code, ack := a.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"legal","authority":"https://court.example/7","note":"letter"}`, original.ID))
	if code != 200 || ack.Level != "everywhere" {
		t.Fatalf("%d %+v", code, ack)
	}
	if got := a.get("/items/" + before.ID).Code; got != http.StatusOK {
		t.Fatalf("nobody can know yet what it says: %d", got)
	}
	ordered := entryOf(t, store, original.ID)
	fill(t, store, original)
	eventually(t, "the entry is completed", func() bool { return !entryOf(t, store, original.ID).IsBare() })
	fill(t, store, after)
	for _, m := range []*member{a, b} {
		eventually(t, "its story is known again", func() bool {
			return m.get("/items/"+before.ID).Code == 451 && m.get("/items/"+after.ID).Code == 451 && m.get("/items/"+original.ID).Code == 451
		})
		if got := m.get("/items/" + other.ID).Code; got != http.StatusOK {
			t.Errorf("another story: %d", got)
		}
	}
	eventually(t, "partners hear of the copy", func() bool { return entryOf(t, store, before.ID).CopyOf == syndicate.ItemTarget(original.ID) })
	if e := entryOf(t, store, original.ID); e.Cause != ordered.Cause || !e.At.Equal(ordered.At) || e.Note != ordered.Note || e.Authority != ordered.Authority {
		t.Errorf("it is another withdrawal: %+v, was %+v", e, ordered)
	}
	if code, _ := b.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, original.ID)); code != 200 {
		t.Fatal(code)
	}
	for _, i := range []string{original.ID, before.ID, after.ID} {
		eventually(t, "all are back", func() bool { return a.get("/items/"+i).Code == http.StatusOK })
	}
}

// TestCompletedAndCutShort: whoever completed an entry was cut short before he looked for copies. The next server does it.
func TestCompletedAndCutShort(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	fill(t, store, original, copied)
	down := syndicate.Withdrawal{Target: syndicate.ItemTarget(original.ID), Cause: syndicate.Rights, At: noon}
	completed := down.WithItem(original)
	completed.Seen = entered(t, store, "bare", down)
	entered(t, store, "completed", completed)
	join(t, "a", store, new(notebook))
	eventually(t, "partners hear of the copy", func() bool { return entryOf(t, store, copied.ID).CopyOf == syndicate.ItemTarget(original.ID) })
}
