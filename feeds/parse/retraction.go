package parse

import (
	"encoding/xml"
	"path"
	"strings"
)

// Tombstone is at:deleted-entry (RFC 6721) as written: the feed takes back an entry that it
// had.
type Tombstone struct {
	Ref     string // the id of the entry
	When    string
	By      Author
	Comment Text
}

// Retraction is what an entry or a file says when it stands there only to be taken back, as
// written.
type Retraction struct {
	// Where names the element or key that says so, and State is what it says.
	Where, State string
	Reason       string
	When         string // empty where it does not say
}

// inFeed reads what a feed says of its own life and that of its entries.
func (w *walk) inFeed(f *frame, name term, e xml.StartElement) {
	switch name {
	case term{nsHistory, "complete"}:
		w.complete = true
	case term{nsTombstones, "deleted-entry"}:
		f.tombstone = &Tombstone{Ref: attribute(e, "ref"), When: attribute(e, "when")}
		f.place = tombstone
		if len(w.tombstones) == MaxItems {
			w.surplus++
			return
		}
		w.tombstones = append(w.tombstones, f.tombstone)
	}
}

// inTombstone reads a child of at:deleted-entry. Its atom:source tells where the entry once
// came from, and gives nobody a say about entries that are not his own.
func inTombstone(f *frame, stone *Tombstone, name term, e xml.StartElement) {
	switch name {
	case term{nsTombstones, "by"}:
		f.place, f.author = person, &stone.By
	case term{nsTombstones, "comment"}:
		kind := textKind(e)
		if strings.Contains(attribute(e, "type"), "xhtml") {
			kind = Plain // its elements are left out when it is read
		}
		f.read(func(text string) { stone.Comment = Text{Value: text, Kind: kind} })
	}
}

// readTombstones puts what the walk found of deletions into the document.
func (d *Document) readTombstones(w *walk) {
	for _, t := range w.tombstones {
		d.Tombstones = append(d.Tombstones, *t)
	}
	if w.surplus > 0 {
		d.Losses = loss(d.Losses, "the tombstones after the first %d were left out", MaxItems)
	}
	d.Complete, d.Partial = w.complete, w.partial
}

// readStatus reads an element by which an entry says that it is taken back.
func (f *found) readStatus(at *frame, name term, e xml.StartElement) {
	switch name {
	case term{nsReprint, "decision"}:
		at.read(func(text string) { f.retract("rr:decision", text, text == "withdrawn") })
	case term{nsCore, "pubstatus"}, term{nsAtom, "pubstatus"}, term{nsIPTC, "pubstatus"}:
		said := firstOf(attribute(e, "qcode"), attribute(e, "uri"))
		at.read(func(text string) {
			state := firstOf(text, said)
			f.retract("pubStatus", state, isCanceled(state))
		})
	}
}

// retract notes that an entry is taken back, if it is. The first word of it counts.
func (f *found) retract(where, state string, gone bool) {
	if gone && f.retraction == nil {
		f.retraction = &Retraction{Where: where, State: state}
	}
}

// isCanceled reads the publishing status of the IPTC, a word, a code or an address. What is
// withheld may not be shown either.
func isCanceled(status string) bool {
	status = strings.TrimPrefix(path.Base(strings.ToLower(strings.TrimSpace(status))), "stat:")
	return status == "canceled" || status == "cancelled" || status == "withheld"
}

// readStatus reads media:status. The reason is a word or an address.
func (b *box) readStatus(e xml.StartElement) {
	state := strings.ToLower(attribute(e, "state"))
	if state == "deleted" || state == "blocked" {
		b.retraction = &Retraction{Where: "media:status", State: state, Reason: attribute(e, "reason")}
	}
}

// retractionOf returns what the boxes nearer to a file than the entry say of its life. What
// the entry says is about all of the entry.
func (f *found) retractionOf(b *box) *Retraction {
	for ; b != nil && b != &f.media; b = b.outer {
		if b.retraction != nil {
			return b.retraction
		}
	}
	return nil
}

// life returns what an entry says of its own life; nil where it lives.
func (f *found) life() *Retraction {
	if f.retraction != nil {
		return f.retraction
	}
	return f.media.retraction
}
