package syndicate

import (
	"slices"

	"reprint/feeds"
)

// The bounds of what is kept of one item: its source may revise it for ever.
const (
	mostAddresses = 16
	mostWordings  = 4
)

// WithItem takes along what an item is known by when it comes again, besides what is taken along already: a source that
// empties what was withdrawn, or moves it, must not make anybody forget the story. The word of a source is about the item
// alone, and what puts back needs nothing.
func (w Withdrawal) WithItem(i feeds.Item) Withdrawal {
	if w.Upstream != nil {
		return w
	}
	addresses := AddressesOf(i)
	for _, key := range w.Addresses {
		if !slices.Contains(addresses, key) {
			addresses = append(addresses, key)
		}
	}
	w.Addresses = addresses[:min(len(addresses), mostAddresses)]
	if told := WordingOf(i).sketch(); told != nil && !told.isLike(w.Wording) {
		before := slices.DeleteFunc(slices.Collect(w.wordings), func(said *Wording) bool { return said.isLike(told) })
		w.Wording, w.Earlier = told, nil
		for _, said := range before[:min(len(before), mostWordings-1)] {
			w.Earlier = append(w.Earlier, *said)
		}
	}
	return w
}

// Learns returns the entry with what a revision of its item is known by besides, and whether there is any such. An entry
// that nobody at the house has decided on learns nothing, and no entry more addresses or wordings than it has room for.
func (w Withdrawal) Learns(i feeds.Item) (Withdrawal, bool) {
	if w.Target != ItemTarget(i.ID) || w.Reinstated || w.IsWeak() {
		return w, false
	}
	more := w.WithItem(i)
	moved := len(more.Addresses) > len(w.Addresses)
	said := len(w.Earlier) < mostWordings-1 && more.Wording != nil && !w.hasSaid(more.Wording)
	if !said {
		more.Wording, more.Earlier = w.Wording, w.Earlier
	}
	if !moved {
		more.Addresses = w.Addresses
	}
	return more, moved || said
}

// Forgets returns the entry without what its item is known by.
func (w Withdrawal) Forgets() Withdrawal {
	w.Addresses, w.Wording, w.Earlier, w.Orders = nil, nil, nil, ""
	return w
}

// IsToldBy tells whether an item tells the story of the withdrawn one, in any of its revisions (R43).
func (w Withdrawal) IsToldBy(told Wording) bool {
	for said := range w.wordings {
		if said.IsToldBy(told) {
			return true
		}
	}
	return false
}

// wordings calls yield with all that the item said.
func (w Withdrawal) wordings(yield func(*Wording) bool) {
	if w.Wording != nil && !yield(w.Wording) {
		return
	}
	for n := range w.Earlier {
		if !yield(&w.Earlier[n]) {
			return
		}
	}
}

// hasSaid tells whether a wording is one of them.
func (w Withdrawal) hasSaid(told *Wording) bool {
	for said := range w.wordings {
		if said.isLike(told) {
			return true
		}
	}
	return false
}
