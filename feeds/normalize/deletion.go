package normalize

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"reprint/feeds"
	"reprint/feeds/parse"
)

// maxDeletions is how many deletions of one document are kept.
const maxDeletions = 1000

// deletions are what a document takes back, in its order.
type deletions struct {
	list []feeds.Deletion
	at   map[string]int // of whole items, by their ids
	lost int
}

// add keeps a deletion; of several of one item the latest.
func (l *deletions) add(d feeds.Deletion) {
	n, known := l.at[d.Item]
	switch {
	case known && d.Picture == "":
		if d.When.After(l.list[n].When) {
			l.list[n] = d
		}
	case len(l.list) == maxDeletions:
		l.lost++
	default:
		if d.Picture == "" {
			l.at[d.Item] = len(l.list)
		}
		l.list = append(l.list, d)
	}
}

// Settle takes out of items what deletions of the same source take back, and out of deletions
// those of items that were published again (R42).
func Settle(items []feeds.Item, deletions []feeds.Deletion) ([]feeds.Item, []feeds.Deletion) {
	at := make(map[string]feeds.Deletion)
	for _, d := range deletions {
		if known, ok := at[d.Item]; d.Picture == "" && (!ok || d.When.After(known.When)) {
			at[d.Item] = d
		}
	}
	again := make(map[string]bool)
	items = slices.DeleteFunc(items, func(i feeds.Item) bool {
		d, known := at[i.ID]
		again[i.ID] = known && !deletedBy(d, i)
		return known && !again[i.ID]
	})
	return items, slices.DeleteFunc(deletions, func(d feeds.Deletion) bool { return d.Picture == "" && again[d.Item] })
}

// deletedBy tells whether a deletion takes back an item of the same document (R42). One that is
// older than the item lost its say when the item was published again (RFC 6721 section 3); so
// did one without a date.
func deletedBy(d feeds.Deletion, item feeds.Item) bool {
	return !d.When.IsZero() && !d.When.Before(item.Dated())
}

// tombstones reads the tombstones of a document. R42: the id is made as that of an item of the
// same source, so that no source can name an item of another.
func (r *reading) tombstones() {
	for n, t := range r.doc.Tombstones {
		r.entry = fmt.Sprintf("tombstone %d", n+1)
		guid := guidOf(parse.Entry{GUID: t.Ref})
		if guid == "" {
			r.lose("it names no entry (ref)")
			continue
		}
		r.gone.add(feeds.Deletion{
			Item: feeds.NewID(r.from.Source, guid), GUID: guid, When: r.moment(t.When), Where: "at:deleted-entry",
			By: shorten(feeds.OneLine(cmp.Or(t.By.Name, t.By.Email, t.By.URL)), maxName), Reason: shorten(plain(t.Comment), maxStatement),
		})
	}
}

// latestYear bounds the dates of deletions: a store cannot keep those beyond.
const latestYear = 9998

// moment reads the date of a deletion; zero where there is none that can be meant.
func (r *reading) moment(value string) time.Time {
	t := r.date("of its deletion", value)
	if t.Year() > latestYear {
		return time.Time{}
	}
	return t.UTC()
}

// retraction reads what an entry says that stands there only to be taken back. Without a date
// of its own it has the entry's.
func (r *reading) retraction(item feeds.Item, said *parse.Retraction) feeds.Deletion {
	d := feeds.Deletion{Item: item.ID, GUID: item.GUID, When: r.moment(said.When), Where: said.Where, Reason: feeds.OneLine(said.State)}
	if reason := feeds.OneLine(said.Reason); reason != "" {
		d.Reason += ": " + reason
	}
	d.Reason = shorten(d.Reason, maxStatement)
	if d.When.IsZero() && item.Dated().Year() <= latestYear {
		d.When = item.Dated().UTC()
	}
	return d
}

// pictures reads which files of an entry are taken back though the entry is not.
func (r *reading) pictures(item feeds.Item, e parse.Entry) {
	for _, m := range e.Media {
		address := ""
		if m.Retraction != nil {
			address = resolve(within(r.base, e.Base), m.URL)
		}
		if address == "" {
			continue
		}
		d := r.retraction(item, m.Retraction)
		for _, p := range item.Pictures() {
			if fileOf(p.URL) == fileOf(address) {
				d.Picture = p.URL
				r.gone.add(d)
			}
		}
	}
}
