package cachetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"reprint/cache"
	"reprint/syndicate/claim"
)

// filed is a claim that is filed for the first time.
func filed(key string) claim.Claim {
	return claim.Claim{
		Key: key, At: noon, Due: noon.AddDate(0, 0, 30), Items: []string{"a-1"},
		Filing: claim.Filing{Name: "Ada \"\\ 林", Email: "ada@example.org", Places: []string{"https://x.example/<a>"}, Reasons: "mine\n\tall", Faith: true},
	}
}

func with(t *testing.T, c claim.Claim, kind claim.Kind, text string) claim.Claim {
	t.Helper()
	next, err := c.With(claim.Event{At: noon.Add(time.Hour), Kind: kind, By: "Bo", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// testComplaints: a claim keeps its number, a key files one, and an event happens once and in its order.
func testComplaints(t *testing.T, o Open) {
	s := open(t, o)
	ctx := t.Context()
	first, err := s.File(ctx, filed("k1"))
	if err != nil || first.Number != 1 {
		t.Fatal(first.Number, err)
	}
	want := filed("k1")
	want.Number = 1
	same(t, []claim.Claim{first}, []claim.Claim{want})
	if second, err := s.File(ctx, filed("k2")); err != nil || second.Number != 2 {
		t.Fatal(second.Number, err)
	}
	answered := with(t, first, claim.Answered, "no")
	for range 2 { // a reply may be lost
		if err := s.Revise(ctx, answered); err != nil {
			t.Fatal(err)
		}
	}
	for name, late := range map[string]claim.Claim{"another event": with(t, first, claim.Rejected, "too late"), "two at once": with(t, with(t, answered, claim.Upheld, "x"), claim.Erased, "")} {
		if err := s.Revise(ctx, late); !errors.Is(err, cache.ErrRevised) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if again, err := s.File(ctx, filed("k1")); err != nil || again.Number != 1 || again.State() != "answered" {
		t.Errorf("filed again: %+v, %v", again, err)
	}
	got, err := open(t, o).Complaint(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	same(t, []claim.Claim{got}, []claim.Claim{answered})
	if list, err := s.Complaints(ctx, 1, 10); err != nil || len(list) != 1 || list[0].Number != 2 {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := s.Complaints(ctx, 0, 1); err != nil || len(list) != 1 || list[0].Number != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	unknown := answered
	unknown.Number = 7
	if _, err := s.Complaint(ctx, 7); !errors.Is(err, cache.ErrNoClaim) {
		t.Error(err)
	}
	if err := s.Revise(ctx, unknown); !errors.Is(err, cache.ErrNoClaim) {
		t.Error(err)
	}
}

// testComplaintsAtOnce: of many who file, each has a number of its own; of many who decide, one does.
func testComplaintsAtOnce(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	const many = 8
	var wg sync.WaitGroup
	var mu sync.Mutex
	numbers, decided := make(map[int64]bool), 0
	for n := range many {
		wg.Go(func() {
			c, err := []cache.Store{s, other}[n%2].File(t.Context(), filed(fmt.Sprint(n)))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			numbers[c.Number] = true
		})
	}
	wg.Wait()
	if len(numbers) != many || !numbers[1] || !numbers[many] {
		t.Fatalf("numbers: %v", numbers)
	}
	c, err := s.Complaint(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for n := range many {
		wg.Go(func() {
			err := []cache.Store{s, other}[n%2].Revise(t.Context(), with(t, c, claim.Upheld, fmt.Sprint(n)))
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				decided++
			} else if !errors.Is(err, cache.ErrRevised) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if decided != 1 {
		t.Errorf("%d decided", decided)
	}
}

// testRestoreComplaints: what another store had is there under its number, the later state counts, and numbers go on.
func testRestoreComplaints(t *testing.T, o Open) {
	s := open(t, o)
	ctx := t.Context()
	old, lost := filed("old"), filed("lost")
	old.Number, lost.Number = 4, 2
	upheld := with(t, old, claim.Upheld, "yes")
	for _, list := range [][]claim.Claim{{old, lost}, {upheld}, {old}} {
		for range 2 {
			if err := s.RestoreComplaints(ctx, list); err != nil {
				t.Fatal(err)
			}
		}
	}
	list, err := s.Complaints(ctx, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	same(t, list, []claim.Claim{lost, upheld})
	if next, err := s.File(ctx, filed("next")); err != nil || next.Number != 5 {
		t.Errorf("number %d, %v", next.Number, err)
	}
	if again, err := s.File(ctx, filed("lost")); err != nil || again.Number != 2 {
		t.Errorf("number %d, %v", again.Number, err)
	}
}
