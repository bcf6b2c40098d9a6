package serve

import (
	"reprint/cache"
	"reprint/syndicate"
)

// modelSet is one of the sets that the model can have: the entry about the item that is looked at, and the entry about
// another one. Each stands for a real set.
type modelSet int8

// epochs is how many there are in the model: entries beyond are not looked at.
const epochs = 4

// setOf returns the set of two entries: about the item 0 for none, up to epochs for withdrawn at that epoch, beyond for put back; about the
// other one 0 or the epoch at which it was withdrawn.
func setOf(item, other int8) modelSet { return modelSet(item*(epochs+1) + other) }

func (s modelSet) item() int8  { return int8(s) / (epochs + 1) }
func (s modelSet) other() int8 { return int8(s) % (epochs + 1) }

// isDown tells whether the item is withdrawn.
func (s modelSet) isDown() bool { return s.item() >= 1 && s.item() <= epochs }

const modelSets = (2*epochs + 1) * (epochs + 1)

const (
	theItem  = syndicate.Target("item:a-1")
	theOther = syndicate.Target("item:a-2")
)

// itemEntry is the entry about the item by its number.
func itemEntry(n int8) syndicate.Withdrawal {
	if n > epochs {
		return syndicate.Withdrawal{Target: theItem, Epoch: int64(n - epochs), Reinstated: true}
	}
	return syndicate.Withdrawal{Target: theItem, Epoch: int64(n), Cause: syndicate.Rights}
}

func otherEntry(n int8) syndicate.Withdrawal {
	return syndicate.Withdrawal{Target: theOther, Epoch: int64(n), Cause: syndicate.Rights}
}

// entries are the real entries of a set.
func (s modelSet) entries() []syndicate.Withdrawal {
	var all []syndicate.Withdrawal
	if s.item() != 0 {
		all = append(all, itemEntry(s.item()))
	}
	if s.other() != 0 {
		all = append(all, otherEntry(s.other()))
	}
	return all
}

// laws is what the real code says of every set and every two of them, worked out once.
type laws struct {
	identity [modelSets]cache.Identity      // epoch and sum
	lacking  [modelSets][modelSets]modelSet // what the first lacks of the second
	with     [modelSets][modelSets]modelSet // the first with all of the second added
	later    [modelSets][modelSets]modelSet // what the second has at later epochs than the first
}

func newLaws() *laws {
	l := new(laws)
	for a := range modelSet(modelSets) {
		set := syndicate.NewWithdrawals(a.entries()...)
		l.identity[a] = cache.Identity{Epoch: set.Epoch(), Sum: set.Sum()}
		for b := range modelSet(modelSets) {
			l.lacking[a][b] = modelSetOf(lackedBy(set, b.entries()))
			joined := syndicate.NewWithdrawals(a.entries()...)
			for _, e := range lackedBy(set, b.entries()) {
				joined.Add(e)
			}
			l.with[a][b] = modelSetOf(entriesOf(joined))
			var later []syndicate.Withdrawal
			for _, e := range b.entries() {
				if e.Epoch > set.Epoch() {
					later = append(later, e)
				}
			}
			l.later[a][b] = modelSetOf(later)
		}
	}
	return l
}

// modelSetOf finds the set of real entries.
func modelSetOf(entries []syndicate.Withdrawal) modelSet {
	var item, other int8
	for _, e := range entries {
		switch {
		case e.Target == theOther:
			other = int8(e.Epoch)
		case e.Reinstated:
			item = epochs + int8(e.Epoch)
		default:
			item = int8(e.Epoch)
		}
	}
	return setOf(item, other)
}
