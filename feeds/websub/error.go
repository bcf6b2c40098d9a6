package websub

import "errors"

// What can become of a call by a hub.
var (
	// ErrNoSubscription is a call at an address that is nobody's, or no longer.
	ErrNoSubscription = errors.New("there is no such subscription")
	// ErrUnwanted is a hub that asks for something that we did not.
	ErrUnwanted = errors.New("this was not asked for")
	// ErrQuestion is wrapped by what is wrong with a hub's question.
	ErrQuestion = errors.New("the parameters hub.challenge or hub.lease_seconds are missing or wrong")
	// ErrBusy is a delivery that comes while too many wait to be read.
	ErrBusy = errors.New("too many deliveries at once")
	// ErrTooLarge is a delivery over the bound of documents.
	ErrTooLarge = errors.New("the delivery is too large")
)
