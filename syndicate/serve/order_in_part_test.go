package serve_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestKeyOfAnotherServerInPart: an order under a key that another server had for something else says what it did.
func TestKeyOfAnotherServerInPart(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	x, y := longStory("weekly", 1, 1), longStory("weekly", 2, 2)
	fill(t, store, x, y)
	a, b := join(t, "a", store, new(notebook)), join(t, "b", store, new(notebook))
	if code, _ := a.order(t, fmt.Sprintf(`{"key":"first","targets":[%q,%q],"cause":"rights"}`, x.ID, y.ID)); code != 200 {
		t.Fatal(code)
	}
	if code, _ := a.order(t, fmt.Sprintf(`{"key":"k","targets":[%q],"cause":"legal","authority":"https://court.example/7"}`, x.ID)); code != 200 {
		t.Fatal(code)
	}
	w := b.say(fmt.Sprintf(`{"key":"k","targets":[%q,%q],"reinstate":true}`, x.ID, y.ID))
	if w.Code != 409 || entryOf(t, store, x.ID).Reinstated || entryOf(t, store, y.ID).Reinstated {
		t.Errorf("%d %s; put back: %v and %v", w.Code, w.Body, entryOf(t, store, x.ID).Reinstated, entryOf(t, store, y.ID).Reinstated)
	}
	w = b.say(fmt.Sprintf(`{"key":"k","targets":[%q,%q],"reinstate":true}`, y.ID, x.ID))
	if w.Code != 409 {
		t.Errorf("the same key again: %d %s", w.Code, w.Body)
	}
	w = b.say(fmt.Sprintf(`{"key":"first","targets":[%q,%q],"cause":"correction"}`, longStory("weekly", 3, 3).ID, y.ID))
	if w.Code != 400 || !strings.Contains(w.Body.String(), "the rest of this order is carried out") || entryOf(t, store, longStory("weekly", 3, 3).ID).Cause != "correction" {
		t.Errorf("what was done in part: %d %s", w.Code, w.Body)
	}
}
