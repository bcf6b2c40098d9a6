package cache

import (
	"context"
	"errors"
	"reflect"
	"time"

	"reprint/syndicate/claim"
)

// Complaints is the part of the store that complaints need; [Store] includes it.
type Complaints interface {
	// File keeps a new claim under the next number and returns it with that. A key that was used
	// returns the claim that has it, as it is now.
	File(ctx context.Context, c claim.Claim) (claim.Claim, error)

	// Revise keeps a later state of a claim. If it is not exactly one event later than what the store has, nothing is
	// written: the error is ErrRevised, or ErrNoClaim.
	Revise(ctx context.Context, c claim.Claim) error

	// Complaint returns a claim by its number. The error is ErrNoClaim if there is none.
	Complaint(ctx context.Context, number int64) (claim.Claim, error)

	// Complaints returns claims by ascending number after one, at most limit.
	Complaints(ctx context.Context, after int64, limit int) ([]claim.Claim, error)

	// OpenComplaints returns the claims that nothing has ended, by ascending number.
	OpenComplaints(ctx context.Context) ([]claim.Claim, error)

	// CountComplaints counts the claims that nothing has ended, and those of them that should have been decided by now,
	// without reading them.
	CountComplaints(ctx context.Context, now time.Time) (open, overdue int, err error)

	// RestoreComplaints puts back claims that the store has lost, or of which it has an earlier state, each under the number that
	// it had; if another claim was given that meanwhile, under the next one. Numbers go on from the greatest.
	RestoreComplaints(ctx context.Context, claims []claim.Claim) error
}

// What can be wrong with a claim.
var (
	ErrNoClaim = errors.New("there is no claim of this number")
	ErrRevised = errors.New("something happened to the claim in the meantime: look at it again")
)

// Revises is what a backend asks before it writes a later state of a claim: whether to write it, or what is wrong.
// known is what it has, nil for nothing. What is there already, because the reply was lost, is not written again.
func Revises(known *claim.Claim, c claim.Claim) (write bool, err error) {
	switch {
	case known == nil:
		return false, ErrNoClaim
	case len(known.Events) == len(c.Events)-1:
		return true, nil
	case reflect.DeepEqual(known.Events, c.Events):
		return false, nil
	}
	return false, ErrRevised
}
