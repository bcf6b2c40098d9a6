package cache

import "time"

// Subscription is what is remembered of the subscription to a source at its hub (WebSub).
// It is kept apart from [Poll], because hubs answer whenever they like, to any server.
type Subscription struct {
	// Hub is the hub's address and Topic what was asked for there.
	Hub   string
	Topic string
	// Token is the last part of the address that the hub sends to; nobody can guess it.
	Token string
	// Secret is what the hub signs with; empty where it could only be sent in the open.
	Secret string `json:",omitempty"`

	// Asked is when the hub was last asked to subscribe, and Tries how often it was since
	// it last agreed.
	Asked time.Time `json:",omitzero"`
	Tries int       `json:",omitempty"`
	// Agreed is when the hub last confirmed, and Until when that ends. Both are zero where
	// it did not, or has ended it.
	Agreed time.Time `json:",omitzero"`
	Until  time.Time `json:",omitzero"`
	// Delivered is when the hub last brought something that could be taken in; Missed is when
	// a poll last found something that the hub had not brought.
	Delivered time.Time `json:",omitzero"`
	Missed    time.Time `json:",omitzero"`
	// Problem says in a sentence what is wrong with the subscription, empty if nothing.
	Problem string `json:",omitempty"`
}

// Holds tells whether the hub has agreed to send at that moment.
func (s Subscription) Holds(now time.Time) bool { return now.Before(s.Until) }

// Proven tells whether the hub can be relied on at that moment: it has agreed, it has
// brought something, and no poll has since found what it should have brought.
func (s Subscription) Proven(now time.Time) bool {
	return s.Holds(now) && s.Delivered.After(s.Missed)
}
