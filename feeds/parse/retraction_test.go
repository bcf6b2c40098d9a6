package parse_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"reprint/feeds/parse"
)

const stones = ` xmlns:at="http://purl.org/atompub/tombstones/1.0"`

// TestTombstones: at:deleted-entry is read with what is in it, and nothing in it is taken for
// the feed's own.
func TestTombstones(t *testing.T) {
	t.Parallel()
	stone := parse.Tombstone{Ref: "tag:hill.example,2026:1", When: "2026-03-09T10:00:00Z"}
	told := stone
	told.By, told.Comment = parse.Author{Name: "The desk", Email: "desk@hill.example"}, parse.Text{Value: "A <b>wrong</b> name.", Kind: parse.HTML}
	for _, c := range []struct {
		name, feed string
		want       []parse.Tombstone
	}{
		{"the least", `<at:deleted-entry` + stones + ` ref="tag:hill.example,2026:1" when="2026-03-09T10:00:00Z"/>`, []parse.Tombstone{stone}},
		{"all that RFC 6721 has", `<at:deleted-entry` + stones + ` ref=" tag:hill.example,2026:1 " when="2026-03-09T10:00:00Z">
			<at:by><name>The desk</name><email>desk@hill.example</email></at:by><link href="https://other.example/"/><link rel="self" href="https://other.example/feed"/>
			<at:comment type="html">A &lt;b&gt;wrong&lt;/b&gt; name.</at:comment>
			<source><id>tag:other.example,2026:feed</id><title>Other</title></source></at:deleted-entry>`, []parse.Tombstone{told}},
		{"another prefix", `<x:deleted-entry xmlns:x="http://purl.org/atompub/tombstones/1.0" ref="tag:hill.example,2026:1" when="2026-03-09T10:00:00Z"/>`, []parse.Tombstone{stone}},
		{"markup in the comment", `<at:deleted-entry` + stones + ` ref="a"><at:comment type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <b>wrong</b> name.</div></at:comment></at:deleted-entry>`,
			[]parse.Tombstone{{Ref: "a", Comment: parse.Text{Value: "A wrong name.", Kind: parse.Plain}}}},
		{"another namespace", `<at:deleted-entry xmlns:at="http://tombs.example/" ref="a" when="2026-03-09T10:00:00Z"/>`, nil},
		{"in an entry", `<entry><id>1</id><at:deleted-entry` + stones + ` ref="a" when="2026-03-09T10:00:00Z"/></entry>`, nil},
		{"in a tombstone", `<at:deleted-entry` + stones + ` ref="a"><at:deleted-entry ref="b"/></at:deleted-entry>`, []parse.Tombstone{{Ref: "a"}}},
		{"after the entries", `<entry><id>1</id></entry><at:deleted-entry` + stones + ` ref="a"/>`, []parse.Tombstone{{Ref: "a"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := read(t, atom(`<title>Hill</title><link href="https://hill.example/"/>`+c.feed))
			if diff := cmp.Diff(c.want, doc.Tombstones); diff != "" {
				t.Errorf("tombstones (-want +got):\n%s", diff)
			}
			if doc.Home != "https://hill.example/" || doc.Self != "" || doc.Title.Value != "Hill" || doc.ID != "" || doc.Authors != nil {
				t.Errorf("the feed became another: %+v", doc)
			}
		})
	}
	if doc := read(t, rss(`<at:deleted-entry`+stones+` ref="a" when="b"/><item><guid>1</guid></item>`)); len(doc.Tombstones) != 1 || len(doc.Entries) != 1 {
		t.Errorf("in RSS: %+v", doc)
	}
}

// TestManyTombstones: a flood is cut and told, or refused.
func TestManyTombstones(t *testing.T) {
	t.Parallel()
	flood := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, `<at:deleted-entry ref="%d" when="2026-03-09T10:00:00Z"/>`, i)
		}
		return `<feed xmlns="http://www.w3.org/2005/Atom"` + stones + `>` + b.String() + `<entry><id>1</id></entry></feed>`
	}
	doc := read(t, flood(parse.MaxItems+7))
	if len(doc.Tombstones) != parse.MaxItems || len(doc.Entries) != 1 || len(doc.Losses) != 1 || doc.Partial {
		t.Errorf("%d tombstones, %d entries, losses %q", len(doc.Tombstones), len(doc.Entries), doc.Losses)
	}
	if got := refused(t, flood(150_000)).Kind; got != parse.KindBytes && got != parse.KindElements {
		t.Errorf("refused for %v", got)
	}
}

// TestRetractions: by what words an entry says that it is taken back.
func TestRetractions(t *testing.T) {
	t.Parallel()
	const rr, iptc = ` xmlns:rr="https://reprint-feeds.org/ns/rights/1.0"`, ` xmlns:n="http://iptc.org/std/nar/2006-10-01/"`
	said := func(where, state, reason string) *parse.Retraction {
		return &parse.Retraction{Where: where, State: state, Reason: reason}
	}
	for _, c := range []struct {
		name, text string
		want       *parse.Retraction
	}{
		{"deleted", item(`<media:status state="deleted"/>`), said("media:status", "deleted", "")},
		{"blocked, with a reason", item(`<media:status state=" Blocked " reason="https://hill.example/why"/>`), said("media:status", "blocked", "https://hill.example/why")},
		{"active", item(`<media:status state="active"/>`), nil},
		{"no state", item(`<media:status/>`), nil},
		{"the status of a file", item(`<media:content url="u"><media:status state="deleted"/></media:content>`), nil},
		{"the status of a feed", rss(`<media:status state="deleted"/><item><guid>1</guid></item>`), nil},
		{"canceled", item(`<pubStatus>canceled</pubStatus>`), said("pubStatus", "canceled", "")},
		{"withheld", item(`<pubstatus>Withheld</pubstatus>`), said("pubStatus", "Withheld", "")},
		{"usable", item(`<pubStatus>usable</pubStatus>`), nil},
		{"a code of NewsML", item(`<n:pubStatus` + iptc + ` qcode="stat:canceled"/>`), said("pubStatus", "stat:canceled", "")},
		{"an address of NewsML", item(`<n:pubStatus` + iptc + ` uri="http://cv.iptc.org/newscodes/pubstatusg2/canceled"/>`), said("pubStatus", "http://cv.iptc.org/newscodes/pubstatusg2/canceled", "")},
		{"in Atom", entry(`<pubStatus>canceled</pubStatus>`), said("pubStatus", "canceled", "")},
		{"another Reprint's", entry(`<rr:decision` + rr + `>withdrawn</rr:decision>`), said("rr:decision", "withdrawn", "")},
		{"another Reprint's excerpt", entry(`<rr:decision` + rr + `>excerpt</rr:decision>`), nil},
		{"in its source", entry(`<source><pubStatus>canceled</pubStatus></source>`), nil},
		{"in its body", item(`<description>&lt;pubStatus&gt;canceled&lt;/pubStatus&gt;</description>`), nil},
		{"JSON, another Reprint's", jsonFeed(`{"id":"1","_rights":{"decision":"withdrawn","expired":true,"withdrawn":"2026-03-09T10:00:00Z"}}`),
			&parse.Retraction{Where: "_rights.decision", State: "withdrawn", When: "2026-03-09T10:00:00Z"}},
		{"JSON, an extension that says expired", jsonFeed(`{"id":"1","_rights":{"expired":true,"reason":"over"}}`), said("_rights.expired", "expired", "over")},
		{"JSON, expired", jsonFeed(`{"id":"1","expired":true}`), said("expired", "expired", "")},
		{"JSON, not expired", jsonFeed(`{"id":"1","expired":false,"_rights":{"decision":"full","expired":null}}`), nil},
		{"JSON, ninjs 2", jsonFeed(`{"id":"1","pubstatus":"canceled"}`), said("pubstatus", "canceled", "")},
		{"JSON, ninjs 3", jsonFeed(`{"id":"1","pubStatus":"withheld"}`), said("pubstatus", "withheld", "")},
		{"JSON, ninjs in an extension", jsonFeed(`{"id":"1","_ninjs":{"pubStatus":"canceled"}}`), said("pubstatus", "canceled", "")},
		{"JSON, what is no word", jsonFeed(`{"id":"1","expired":[true],"pubstatus":{"a":"canceled"},"_rights":"withdrawn","_ninjs":[]}`), nil},
		{"JSON, one bad extension does not hide another", jsonFeed(`{"id":"1","_ninjs":7,"_rights":{"decision":"withdrawn"}}`), said("_rights.decision", "withdrawn", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, first(t, c.text).Retraction); diff != "" {
				t.Errorf("retraction (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRetractedFiles: a file is taken back by what stands in it or in its group, not by what is
// said of another.
func TestRetractedFiles(t *testing.T) {
	t.Parallel()
	media := first(t, item(`<media:content url="a"><media:status state="deleted"/></media:content>
		<media:group><media:content url="b"/><media:content url="c"/><media:status state="blocked" reason="claim"/></media:group><media:content url="d"/><enclosure url="e"/>`)).Media
	got := make(map[string]string)
	for _, m := range media {
		if m.Retraction != nil {
			got[m.URL] = m.Retraction.State
		}
	}
	if diff := cmp.Diff(map[string]string{"a": "deleted", "b": "blocked", "c": "blocked"}, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestWhole: whether all that a feed has was read, and whether that is all there is.
func TestWhole(t *testing.T) {
	t.Parallel()
	const fh = ` xmlns:fh="http://purl.org/syndication/history/1.0"`
	for _, c := range []struct {
		name, text        string
		complete, partial bool
		expired           bool
	}{
		{"a feed", item(`<guid>1</guid>`), false, false, false},
		{"complete", atom(`<fh:complete` + fh + `/>`), true, false, false},
		{"complete, in RSS", rss(`<fh:complete` + fh + `/>`), true, false, false},
		{"an entry is not", entry(`<fh:complete` + fh + `/>`), false, false, false},
		{"cut off", `<rss><channel><item><guid>1</guid></item><item><gu`, false, true, false},
		{"a broken item", `<rss><channel><item><guid>1</guid></item><item><a b=c/d></item><item><guid>3</guid></item></channel></rss>`, false, true, false},
		{"too many items", rss(strings.Repeat(`<item/>`, parse.MaxItems+1)), false, true, false},
		{"JSON", jsonFeed(`{"id":"1"}`), false, false, false},
		{"JSON, an item that is none", jsonFeed(`{"id":"1"},7`), false, true, false},
		{"JSON, an item without an id", jsonFeed(`{"id":"1"},{}`), false, true, false},
		{"JSON, finished", `{"version":"https://jsonfeed.org/version/1.1","title":"Desk","expired":true,"items":[]}`, false, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			doc := read(t, c.text)
			if doc.Complete != c.complete || doc.Partial != c.partial || doc.Expired != c.expired {
				t.Errorf("complete %t, partial %t, expired %t; losses %q", doc.Complete, doc.Partial, doc.Expired, doc.Losses)
			}
		})
	}
}
