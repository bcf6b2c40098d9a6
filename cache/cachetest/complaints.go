package cachetest

import (
	"errors"
	"fmt"
	"slices"
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

// testOpenComplaints: those that nothing has ended are found and counted, and those that are late.
func testOpenComplaints(t *testing.T, o Open) {
	s, other := open(t, o), open(t, o)
	ctx := t.Context()
	check := func(when string, now time.Time, overdue int, want ...int64) {
		t.Helper()
		list, err := other.OpenComplaints(ctx)
		var numbers []int64
		for _, c := range list {
			numbers = append(numbers, c.Number)
		}
		open, late, counted := other.CountComplaints(ctx, now)
		if err != nil || counted != nil || !slices.Equal(numbers, want) || open != len(want) || late != overdue {
			t.Errorf("%s: %v of %v (%v), counted %d, late %d (%v)", when, numbers, want, err, open, late, counted)
		}
	}
	check("nothing", noon, 0)
	var all []claim.Claim
	for n := range 3 {
		c := filed(fmt.Sprint(n))
		c.Due = noon.AddDate(0, 0, 30-n) // the later the number, the earlier it is due
		c, err := s.File(ctx, c)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	check("three", noon, 0, 1, 2, 3)
	check("at the last moment of one", all[2].Due, 0, 1, 2, 3)
	check("after it", all[2].Due.Add(time.Second), 1, 1, 2, 3)
	answered := with(t, all[1], claim.Answered, "no")
	answered.Due = noon.AddDate(0, 0, 2)
	upheld := with(t, all[0], claim.Upheld, "yes")
	for _, c := range []claim.Claim{answered, upheld, with(t, upheld, claim.Erased, "")} {
		if err := s.Revise(ctx, c); err != nil {
			t.Fatal(err)
		}
	}
	check("one is over, one has another day", noon.AddDate(0, 0, 3), 1, 2, 3)
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
	if open, _, err := s.CountComplaints(ctx, noon); err != nil || open != 2 {
		t.Errorf("%d are open, %v", open, err)
	}
}

// testNumberGivenTwice: a store that fell back gives a number once more. The claim that had it is put back under another, and
// later states of it find their way.
func testNumberGivenTwice(t *testing.T, o Open) {
	s := open(t, o)
	ctx := t.Context()
	theirs, err := s.File(ctx, filed("theirs"))
	if err != nil {
		t.Fatal(err)
	}
	mine := filed("mine")
	mine.Number = theirs.Number
	upheld := with(t, mine, claim.Upheld, "yes")
	for _, c := range []claim.Claim{mine, mine, upheld, mine} {
		if err := s.RestoreComplaints(ctx, []claim.Claim{c}); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Complaints(ctx, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	upheld.Number = 2
	same(t, list, []claim.Claim{theirs, upheld})
}
