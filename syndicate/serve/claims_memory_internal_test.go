package serve

import (
	"errors"
	"testing"

	"reprint/syndicate/claim"
)

// TestOverIsOnTheDisk: of a claim that is over a server with a disk knows the name, one without the whole; what is older than what is
// known, or could not be kept, is no news.
func TestOverIsOnTheDisk(t *testing.T) {
	t.Parallel()
	open := claim.Claim{Number: 1, Key: "k", Filing: claim.Filing{Name: "Ada"}}
	over, err := open.With(claim.Event{Kind: claim.Upheld, By: "Bo"})
	if err != nil {
		t.Fatal(err)
	}
	for _, onDisk := range []bool{true, false} {
		var m claimMemory
		kept := 0
		keep := func(c claim.Claim, err error) {
			_ = m.keep(c, func(claim.Claim) (bool, error) { kept++; return onDisk, err })
		}
		keep(open, nil)
		if m.all["k"].whole == nil {
			t.Error("an open claim is not whole")
		}
		keep(over, errors.New("the disk is full"))
		if m.all["k"].events != 0 {
			t.Error("what could not be kept is known")
		}
		keep(over, nil)
		if whole := m.all["k"].whole; (whole == nil) != onDisk {
			t.Errorf("on the disk: %v, known: %+v", onDisk, whole)
		}
		renumbered := open
		renumbered.Number = 2
		keep(open, nil)
		keep(renumbered, nil)
		if kept != 3 || m.all["k"].events != 1 {
			t.Errorf("kept %d times, then %+v", kept, m.all["k"])
		}
		if lost := m.beyond(map[string]int{"k": 1}); len(lost) != 0 {
			t.Errorf("lost: %v", lost)
		}
		if lost := m.beyond(map[string]int{"k": 0}); len(lost) != 1 {
			t.Errorf("lost: %v", lost)
		}
	}
}
