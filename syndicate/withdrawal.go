package syndicate

import "time"

// Withdrawal is one entry of the grow-only set of withdrawals: an item that was taken
// back, or, at a later epoch, put back. The entry with the greatest epoch counts.
type Withdrawal struct {
	Item       string // item id
	Epoch      int64  // grows with every entry about the item
	Reinstated bool   // the item may be shown again
	Cause      string // a short word for why, for the record
	At         time.Time
}

// Withdrawals are the entries that count, by item id. A nil map withdraws nothing.
type Withdrawals map[string]Withdrawal

// Add records an entry, unless a later one about the same item is known.
func (w Withdrawals) Add(entry Withdrawal) {
	if known, ok := w[entry.Item]; !ok || entry.Epoch > known.Epoch {
		w[entry.Item] = entry
	}
}

// Stands returns the withdrawal of an item, and whether it is withdrawn now.
func (w Withdrawals) Stands(item string) (Withdrawal, bool) {
	entry, ok := w[item]
	return entry, ok && !entry.Reinstated
}
