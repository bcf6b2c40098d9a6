package syndicate

import (
	"cmp"
	"iter"
	"slices"
)

// mostLatest is how many of the items that were withdrawn last are told apart from the others, at least.
const mostLatest = 4096

// latest are the items that were withdrawn last, in the order of their epochs; at most twice [mostLatest].
type latest []dated

type dated struct {
	epoch  int64
	target Target
}

// add notes a withdrawal. Entries come in any order.
func (l *latest) add(e Withdrawal) {
	if e.Target.Item() == "" || e.Reinstated || len(*l) >= mostLatest && e.Epoch < (*l)[0].epoch {
		return
	}
	at, _ := slices.BinarySearchFunc(*l, e.Epoch, func(d dated, epoch int64) int { return cmp.Compare(d.epoch, epoch) })
	*l = slices.Insert(*l, at, dated{e.Epoch, e.Target})
	if len(*l) == 2*mostLatest {
		*l = slices.Delete(*l, 0, mostLatest)
	}
}

// Latest are the withdrawals of items that stand, the last ones first: some thousands, where there are more.
func (w *Withdrawals) Latest() iter.Seq[Withdrawal] {
	return func(yield func(Withdrawal) bool) {
		if w == nil {
			return
		}
		for _, d := range slices.Backward(w.latest) {
			if e, stands := w.Standing(d.target); stands && e.Epoch == d.epoch && !yield(e) {
				return
			}
		}
	}
}
