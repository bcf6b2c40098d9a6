package syndicate

import (
	"crypto/sha1"
	"encoding/binary"
	"iter"
	"maps"
	"slices"
	"strconv"
	"time"

	"reprint/feeds"
)

// Withdrawal is one entry of the grow-only set of withdrawals: something that was taken
// back, or, at a later epoch, put back. The entry with the greatest epoch counts.
type Withdrawal struct {
	Target Target `json:"target"`
	Epoch  int64  `json:"epoch"` // grows with every entry, over all targets
	// Reinstated tells that it may be shown again.
	Reinstated bool `json:"reinstated,omitempty"`
	// Seen is the greatest epoch that was known when an entry was ordered: it does not put back what was withdrawn at a
	// later one, nor withdraw what was put back then. 0 is one that does.
	Seen  int64     `json:"seen,omitempty"`
	Cause Cause     `json:"cause,omitempty"`
	At    time.Time `json:"at"`
	// Addresses are where a withdrawn item stood, as [AddressKey] makes them: what comes
	// from there again, under whatever id, stays down with it. Wording is what it said: what tells the
	// story at another address stays down too (R43). Earlier is what it said in other revisions.
	Addresses []string  `json:"addresses,omitempty"`
	Wording   *Wording  `json:"wording,omitempty"`
	Earlier   []Wording `json:"earlier,omitempty"`
	// CopyOf is the item whose withdrawal took this one along, because it tells the same story.
	CopyOf Target `json:"copy_of,omitempty"`
	// Note is for the record and never shown. Authority is the address of who ordered a
	// [Legal] withdrawal; Replacement is the text that a [Correction] shows instead.
	Note        string `json:"note,omitempty"`
	Authority   string `json:"authority,omitempty"`
	Replacement string `json:"replacement,omitempty"`
	// Orders are the marks of the last orders about the target, oldest first, with spaces between ([Order.Mark]).
	Orders string `json:"orders,omitempty"`
	// Upstream is the word of the item's own source that caused the entry; nil where somebody
	// here did. Despite is the last one that was known when somebody here did, and is set aside by that.
	Upstream *Upstream `json:"upstream,omitempty"`
	Despite  *Upstream `json:"despite,omitempty"`
	// Meanwhile is the word of the source that came while a claim withholds the item: what counts once that is over.
	Meanwhile *Upstream `json:"meanwhile,omitempty"`
}

// Cause says why something was withdrawn.
type Cause string

// The causes.
const (
	Rights     Cause = "rights"     // somebody else has the rights
	Correction Cause = "correction" // it was wrong, and is replaced
	Legal      Cause = "legal"      // the law, or who enforces it, demands it
	Retracted  Cause = "retracted"  // its own source took it back
	Claimed    Cause = "claim"      // somebody complained, and it is being looked at
)

// Causes are all causes.
var Causes = []Cause{Rights, Correction, Legal, Retracted, Claimed}

// IsOvertaken tells whether an entry would undo what the standing entry did after it was ordered, or completes another one than that.
func (w Withdrawal) IsOvertaken(standing Withdrawal) bool {
	return w.Seen > 0 && (w.Reinstated != standing.Reinstated || w.Completes()) && standing.Decided() > w.Seen
}

// Completes tells whether an entry decides nothing: it is the one of the epoch that it has seen, with what its item is known by.
func (w Withdrawal) Completes() bool { return !w.Reinstated && w.CopyOf == "" && w.Seen > 0 }

// Decided is the epoch at which it was decided what an entry says.
func (w Withdrawal) Decided() int64 {
	if w.Completes() {
		return w.Seen
	}
	return w.Epoch
}

// IsBare tells whether an item was withdrawn that the store did not have: nothing is kept by which it would be known again.
func (w Withdrawal) IsBare() bool {
	return w.Target.Item() != "" && !w.Reinstated && !w.IsWeak() && len(w.Addresses) == 0 && w.Wording == nil
}

// IsWeak tells whether nobody at the house has decided on an entry: it is there because somebody complains, because of
// the word of a source, or because of what was decided on another item.
func (w Withdrawal) IsWeak() bool { return w.Cause == Claimed || w.Upstream != nil || w.CopyOf != "" }

// GivesWayTo tells whether an entry changes nothing about a target that is withdrawn already: a weak one would take the
// place of what a court ordered, say, and could be put back more easily than that. But what an item's own source says
// counts more than that it is a copy, or that somebody complained.
func (w Withdrawal) GivesWayTo(standing Withdrawal) bool {
	if !w.IsWeak() || w.Completes() || w.Reinstated || standing.Target == "" || standing.Reinstated {
		return false
	}
	return w.Upstream == nil || !standing.YieldsToItsSource()
}

// YieldsToItsSource tells whether an entry withdraws an item for what is said of it, or of another, by none that may decide
// on it.
func (w Withdrawal) YieldsToItsSource() bool {
	return !w.Reinstated && w.Upstream == nil && (w.CopyOf != "" || w.Cause == Claimed)
}

// AddressesOf are the keys under which an item is known again.
func AddressesOf(i feeds.Item) []string {
	var keys []string
	for _, address := range []string{i.URI, i.Link} {
		if key := AddressKey(address); key != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys
}

// Withdrawals are the entries that count. A nil set withdraws nothing. It is not safe for
// use while it is added to.
type Withdrawals struct {
	entries   map[Target]Withdrawal
	addresses chains[string]
	passages  chains[uint32]
	latest    latest
	bare      map[Target]bool
	epoch     int64
	sum       int64
}

// NewWithdrawals returns a set of these entries.
func NewWithdrawals(entries ...Withdrawal) *Withdrawals {
	w := &Withdrawals{entries: make(map[Target]Withdrawal), bare: make(map[Target]bool)}
	for _, e := range entries {
		w.Add(e)
	}
	return w
}

// Supersedes tells whether an entry counts instead of another one about the same target. Of
// two with one epoch, which only a store that lost some can have given, the withdrawal counts.
func (w Withdrawal) Supersedes(known Withdrawal) bool {
	return w.Epoch > known.Epoch || w.Epoch == known.Epoch && known.Reinstated && !w.Reinstated
}

// sumBits is how large a [Withdrawals.Sum] is: numbers of this size are exact wherever they
// are added up.
const sumBits = 48

// Fingerprint is the part of an entry in the sum of a set.
func (w Withdrawal) Fingerprint() int64 {
	text := string(w.Target) + " " + strconv.FormatInt(w.Epoch, 10) + " " + strconv.FormatBool(w.Reinstated)
	sum := sha1.Sum([]byte(text))
	return int64(binary.BigEndian.Uint64(sum[:8]) >> (64 - sumBits))
}

// AddSum adds a fingerprint to a sum, or with a minus sign takes it away.
func AddSum(sum, fingerprint int64) int64 {
	const size = int64(1) << sumBits
	return ((sum+fingerprint)%size + size) % size
}

// Add records an entry, unless one that counts instead is known. It tells whether the entry
// counts now. The order of adding does not matter.
func (w *Withdrawals) Add(entry Withdrawal) bool {
	w.epoch = max(w.epoch, entry.Epoch)
	known, ok := w.entries[entry.Target]
	if ok && !entry.Supersedes(known) {
		return false
	}
	if ok {
		w.sum = AddSum(w.sum, -known.Fingerprint())
	}
	w.sum = AddSum(w.sum, entry.Fingerprint())
	w.entries[entry.Target] = entry
	w.latest.add(entry)
	if delete(w.bare, entry.Target); entry.IsBare() {
		w.bare[entry.Target] = true
	}
	// Also of what puts back: the chains have what the entry that counts is known by, whichever others this set has seen.
	if !slices.Equal(entry.Addresses, known.Addresses) {
		w.addresses.add(entry.Target, entry.Addresses)
	}
	for said := range entry.wordings {
		if !known.hasSaid(said) {
			w.passages.add(entry.Target, said.Least[:min(len(said.Least), lookedUp)])
		}
	}
	return true
}

// Epoch is the greatest epoch of all entries that were ever added; 0 for none.
func (w *Withdrawals) Epoch() int64 {
	if w == nil {
		return 0
	}
	return w.epoch
}

// Sum is made from the entries that count: two sets with equal epochs and sums are the same.
func (w *Withdrawals) Sum() int64 {
	if w == nil {
		return 0
	}
	return w.sum
}

// Len is how many targets there are entries about.
func (w *Withdrawals) Len() int {
	if w == nil {
		return 0
	}
	return len(w.entries)
}

// Standing returns the entry about a target, and whether it is withdrawn now.
func (w *Withdrawals) Standing(t Target) (Withdrawal, bool) {
	if w == nil {
		return Withdrawal{}, false
	}
	entry, ok := w.entries[t]
	return entry, ok && !entry.Reinstated
}

// Of returns the withdrawal that an item is under: by its id, by its source, by an address at which a withdrawn item
// stood, or because it tells the story of one (R43). What somebody here put back after that is not under it.
// Withdrawals by origin need a decision on the origin.
func (w *Withdrawals) Of(i feeds.Item) (Withdrawal, bool) { return w.of(i, WordingOf) }

// of is Of, with the way in which the item is read where its words count.
func (w *Withdrawals) of(i feeds.Item, read func(feeds.Item) Wording) (Withdrawal, bool) {
	if w == nil || len(w.entries) == 0 {
		return Withdrawal{}, false
	}
	own, stands := w.Standing(ItemTarget(i.ID))
	if stands {
		return w.latestOf(own), true
	}
	if e, stands := w.Standing(SourceTarget(i.Source)); stands {
		return e, true
	}
	e, stands := w.again(i, read)
	if stands && own.isFreed() && own.Epoch > e.Decided() {
		return Withdrawal{}, false
	}
	return e, stands
}

// latestOf is an entry, or what the house has decided on the item whose copy it withdraws: the entry of a copy says what was known
// when it was found, and since then another text may stand in its place, or somebody have ordered it.
func (w *Withdrawals) latestOf(own Withdrawal) Withdrawal {
	if of, stands := w.Standing(own.CopyOf); own.CopyOf != "" && stands && !of.IsWeak() {
		return of
	}
	return own
}

// isFreed tells whether somebody here put an item back by itself. Neither its source's word nor the end of a claim, which
// anybody can bring about, nor that another item was put back whose copy it is, frees it from what others of its story are down for.
func (w Withdrawal) isFreed() bool {
	return w.Reinstated && w.Upstream == nil && w.Cause != Claimed && w.CopyOf == ""
}

// again returns the withdrawal of an item that has come again as another one, from the same address or with the same
// story: of several the last.
func (w *Withdrawals) again(i feeds.Item, read func(feeds.Item) Wording) (last Withdrawal, stands bool) {
	if !w.addresses.isEmpty() {
		for _, t := range w.addresses.find(AddressesOf(i)) {
			if e, ok := w.Standing(t); ok && e.Decided() > last.Decided() && e.isAddressOf(i) {
				last, stands = e, true
			}
		}
	}
	if w.passages.isEmpty() {
		return last, stands
	}
	told := read(i)
	for _, t := range w.passages.find(told.Least) {
		if e, ok := w.Standing(t); ok && e.Decided() > last.Decided() && e.IsToldBy(told) {
			last, stands = e, true
		}
	}
	return last, stands
}

// isAddressOf tells whether an item stands where the withdrawn one stood.
func (w Withdrawal) isAddressOf(i feeds.Item) bool {
	return slices.ContainsFunc(AddressesOf(i), func(key string) bool { return slices.Contains(w.Addresses, key) })
}

// Bare are the targets of entries that are, in no order; see [Withdrawal.IsBare].
func (w *Withdrawals) Bare() iter.Seq[Target] {
	if w == nil {
		return maps.Keys(map[Target]bool(nil))
	}
	return maps.Keys(w.bare)
}

// All calls each with every entry that counts, in no order, until it returns false.
func (w *Withdrawals) All(each func(Withdrawal) bool) {
	if w == nil {
		return
	}
	for _, e := range w.entries {
		if !each(e) {
			return
		}
	}
}
