package syndicate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"reprint/feeds"
)

// Upstream is the word of an item's own source that caused an entry (R42).
type Upstream struct {
	// When is from when on, by the source's word; zero where it does not say.
	When time.Time `json:"when,omitzero"`
	// Where names the statement, such as "at:deleted-entry".
	Where string `json:"where,omitempty"`
}

// SourcePictureTarget is a picture wherever it stands in items of one source. It is what a
// source can take back: another may show the same file by a right of its own.
func SourcePictureTarget(source, url string) Target {
	return Target("picture-of:" + source + ":" + pictureAddress(url))
}

// DeletionTarget is what a deletion takes back.
func DeletionTarget(d feeds.Deletion) Target {
	if d.Picture != "" {
		return SourcePictureTarget(feeds.SourceOf(d.Item), d.Picture)
	}
	return ItemTarget(d.Item)
}

// TakeBack returns the entry by which a deletion withdraws what it names, and whether it does
// (R42). known is the entry that counts about that, the zero one where there is none. What is
// withdrawn already needs no more. What was put back is withdrawn by a word that is newer than
// that: for what the source itself published again, newer than what it published; for what an
// operator put back, newer than the last word that was known then. Where none was, any word counts: of one that came in
// between nobody had told him.
func TakeBack(known Withdrawal, d feeds.Deletion, now time.Time) (Withdrawal, bool) {
	word := &Upstream{When: d.When, Where: d.Where}
	switch {
	case known.Target == "":
	case !known.Reinstated && known.CopyOf == "" && known.YieldsToItsSource(): // a claim withholds it
		if last := known.LastWord(); last != nil && !d.When.After(last.When) {
			return Withdrawal{}, false
		}
		known.Meanwhile, known.Seen = word, known.Decided()
		return known, true
	case !known.Reinstated && !known.YieldsToItsSource():
		return Withdrawal{}, false
	case !known.Reinstated:
	case known.Upstream != nil:
		if !d.When.IsZero() && d.When.Before(known.since()) {
			return Withdrawal{}, false
		}
	case known.Despite != nil:
		if !d.When.After(known.Despite.When) {
			return Withdrawal{}, false
		}
	}
	return Withdrawal{
		Target: DeletionTarget(d), Cause: Retracted, At: now.UTC(), Note: noteOf(d), Upstream: word, Orders: known.Orders,
	}, true
}

// PutBack returns the entry that puts back an item that its source publishes again, and
// whether it does: only what stands withdrawn by the source's word alone, and only if the
// source dates the item later than that. A copy from before may come at any time, out of some
// cache.
func PutBack(known Withdrawal, item feeds.Item, now time.Time) (Withdrawal, bool) {
	again := &Upstream{When: item.Dated().UTC(), Where: "published again"}
	if m := known.Meanwhile; m != nil && known.Target.Item() == item.ID && !m.When.IsZero() && again.When.After(m.When) { // it stays down for the claim
		known.Meanwhile, known.Despite, known.Seen = nil, again, known.Decided()
		return known, true
	}
	if !known.IsUpstreams() || known.Target.Item() != item.ID || !item.Dated().After(known.since()) {
		return Withdrawal{}, false
	}
	return Withdrawal{
		Target: known.Target, Reinstated: true, Cause: Retracted, At: now.UTC(), Note: "its source published it again",
		Upstream: again, Orders: known.Orders,
	}, true
}

// IsUpstreams tells whether an entry stands withdrawn by the word of its source alone.
func (w Withdrawal) IsUpstreams() bool { return w.Target != "" && !w.Reinstated && w.Upstream != nil }

// IsPutBack tells whether an entry puts back by the word of a source. It must not put back what
// anybody else withdrew.
func (w Withdrawal) IsPutBack() bool { return w.Reinstated && w.Upstream != nil }

// LastWord is the last word of the source that is known where an entry counts; nil where there is none. An operator who
// decides after that sets it aside.
func (w Withdrawal) LastWord() *Upstream {
	return cmp.Or(w.Upstream, w.Meanwhile, w.Despite)
}

// AfterClaim returns the entry that counts instead of one that puts back what a claim withheld: what the source said of it
// meanwhile. It tells whether there is one.
func (w Withdrawal) AfterClaim(standing Withdrawal) (Withdrawal, bool) {
	if !w.Reinstated || w.Cause != Claimed || standing.Meanwhile == nil {
		return w, false
	}
	return Withdrawal{Target: w.Target, Cause: Retracted, At: w.At, Note: "in " + standing.Meanwhile.Where, Upstream: standing.Meanwhile, Orders: w.Orders}, true
}

// since is from when on the word of the source holds. One that lies in the future holds from
// when it was heard.
func (w Withdrawal) since() time.Time {
	if w.Upstream.When.IsZero() || w.Upstream.When.After(w.At) {
		return w.At
	}
	return w.Upstream.When
}

// noteOf is what a source says of a deletion, for the record.
func noteOf(d feeds.Deletion) string {
	parts := []string{d.Reason, "", "in " + d.Where}
	if d.By != "" {
		parts[1] = "by " + d.By
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ", ")
}
