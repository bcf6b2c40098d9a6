package serve_test

import (
	"fmt"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate/serve"
)

// TestRetractionDuringAClaim: its source retracts what a claim withholds at that moment; the claim is rejected, and it stays down.
func TestRetractionDuringAClaim(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	m.claims(t, 1, item.ID)
	u := serve.Upstream{Store: store, Now: time.Now}
	word := []feeds.Deletion{{Item: item.ID, When: time.Now(), Where: "at:deleted-entry"}}
	if _, err := u.TakeBack(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond)
	if w, _ := m.decide(t, 1, "rejected"); w.Code != 200 {
		t.Fatal(w.Code, w.Body)
	}
	if w := m.get("/items/" + item.ID); w.Code == 200 {
		t.Errorf("what its source took back is served: %d", w.Code)
	}
	taken, err := u.TakeBack(t.Context(), word) // the tombstone still stands in the feed
	if err != nil {
		t.Fatal(err)
	}
	if w := m.get("/items/" + item.ID); w.Code == 200 {
		t.Errorf("also after the next poll (taken %v): %d", taken, w.Code)
	}
}

// TestRetractionOfACopy: the same with a copy that its own source takes back while its original is down.
func TestRetractionOfACopy(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	original, copied := longStory("weekly", 1, 1), longStory("hill", 7, 1)
	fill(t, store, original, copied)
	m := join(t, "a", store, new(notebook))
	m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, original.ID))
	m.hasFound(t, copied)
	u := serve.Upstream{Store: store, Now: time.Now}
	word := []feeds.Deletion{{Item: copied.ID, When: time.Now(), Where: "at:deleted-entry"}}
	if _, err := u.TakeBack(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	time.Sleep(10 * time.Millisecond)
	if code, ack := m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, original.ID)); code != 200 {
		t.Fatal(code, ack)
	}
	if _, err := u.TakeBack(t.Context(), word); err != nil {
		t.Fatal(err)
	}
	if code := m.get("/items/" + copied.ID).Code; code == 200 {
		t.Errorf("what its source took back is served: %d, entry %+v", code, entryOf(t, store, copied.ID))
	}
}

// TestPutBackInSpiteOfAClaim: an open claim withholds an item that its source has taken back too, and publishes again: it stays down for the claim.
func TestPutBackInSpiteOfAClaim(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	u := serve.Upstream{Store: store, Now: time.Now}
	if _, err := u.TakeBack(t.Context(), []feeds.Deletion{{Item: item.ID, When: time.Now(), Where: "at:deleted-entry"}}); err != nil {
		t.Fatal(err)
	}
	m.claims(t, 1, item.ID) // 201, and 200 for "withheld" everywhere
	again := item
	again.Updated = time.Now().Add(time.Second)
	back, _, err := u.PutBack(t.Context(), []feeds.Item{again})
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(300 * time.Millisecond)
	if w := m.get("/items/" + item.ID); w.Code == 200 {
		t.Errorf("put back %v: what the claim withholds is served: %d", back, w.Code)
	}
}

// TestOldWordAfterTheOperator: a word that the source itself has overtaken does not count again once an operator has withdrawn and put back.
func TestOldWordAfterTheOperator(t *testing.T) {
	t.Parallel()
	store := onSQLite(t)
	item := longStory("weekly", 1, 1)
	fill(t, store, item)
	m := join(t, "a", store, new(notebook))
	u := serve.Upstream{Store: store, Now: time.Now}
	old := []feeds.Deletion{{Item: item.ID, When: noon.Add(time.Hour), Where: "at:deleted-entry"}}
	if taken, err := u.TakeBack(t.Context(), old); err != nil || len(taken) != 1 {
		t.Fatal(taken, err)
	}
	again := item
	again.Updated = noon.Add(2 * time.Hour)
	if back, _, err := u.PutBack(t.Context(), []feeds.Item{again}); err != nil || len(back) != 1 {
		t.Fatal(back, err)
	}
	if taken, err := u.TakeBack(t.Context(), old); err != nil || len(taken) != 0 {
		t.Fatalf("the old word counts already: %v %v", taken, err)
	}
	m.order(t, fmt.Sprintf(`{"targets":[%q],"cause":"rights"}`, item.ID))
	m.order(t, fmt.Sprintf(`{"targets":[%q],"reinstate":true}`, item.ID))
	if taken, err := u.TakeBack(t.Context(), old); err != nil || len(taken) != 0 {
		t.Errorf("a word from before its source published it again takes it down: %v %v", taken, err)
	}
}
