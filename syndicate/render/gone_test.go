package render_test

import (
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"
	"pgregory.net/rapid"

	"reprint/syndicate"
	"reprint/syndicate/render"
)

// TestGone: a withdrawn item leaves a notice under its id for a while, then a tombstone where
// the format has one, and nothing of what it was.
func TestGone(t *testing.T) {
	t.Parallel()
	all := items()
	withdrawn := syndicate.NewWithdrawals(syndicate.Withdrawal{
		Target: syndicate.ItemTarget(all[0].ID), Epoch: 1, Cause: syndicate.Correction, At: noon, Replacement: "更正：<b>水塔</b>下月开放。",
	})
	book, problems := syndicate.Compile(house())
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	if g, ok := book.Gone(all[3], syndicate.Public, withdrawn, noon); ok {
		t.Errorf("an item that was not withdrawn: %+v", g)
	}
	for _, stub := range []bool{true, false} {
		now := noon
		if !stub {
			now = noon.Add(syndicate.StubTime)
		}
		feed := feedOf(t, all[1:])
		gone, ok := book.Gone(all[0], syndicate.Public, withdrawn, now)
		if !ok || gone.Stub != stub {
			t.Fatalf("%+v, %v", gone, ok)
		}
		feed.Gone = []syndicate.Gone{gone}
		for name, write := range map[string]func(render.Feed) (render.Document, error){"rss": render.RSS, "atom": render.Atom, "json": render.JSON} {
			d, err := write(feed)
			if err != nil || len(d.Dropped) > 0 {
				t.Fatalf("%s: %v %v", name, err, d.Dropped)
			}
			text := string(d.Bytes)
			if strings.Contains(text, "广场") || strings.Contains(text, "staff.jpg") {
				t.Errorf("%s holds something of the item", name)
			}
			parsed, err := gofeed.NewParser().ParseString(text)
			if err != nil {
				t.Fatal(err)
			}
			notice := ""
			for _, i := range parsed.Items {
				if i.GUID == all[0].URI {
					notice = i.Title
				}
			}
			if want := stub || name != "atom"; want != (notice == "此内容已由清河周刊网于2026-03-10撤回。更正：<b>水塔</b>下月开放。") {
				t.Errorf("%s, stub %v: %q", name, stub, notice)
			}
			tombstone := strings.Contains(text, `<at:deleted-entry ref="`+all[0].URI+`" when="2026-03-10T12:00:00Z">`)
			if tombstone != (name == "atom" && !stub) {
				t.Errorf("%s, stub %v: tombstone %v", name, stub, tombstone)
			}
			if name == "rss" && (!strings.Contains(text, `<media:status state="deleted"`) || stub != strings.Contains(text, "reprint-withdrawn")) {
				t.Errorf("rss, stub %v: media:status, or the notice\n%s", stub, text)
			}
			dense := strings.Join(strings.Fields(text), "")
			says := strings.Contains(dense, "<at:by><name>清河周刊网</name></at:by>") && strings.Contains(dense, "<source><id>https://qinghe.example/rss.xml</id>")
			if tombstone && (!says || strings.Index(text, "<at:deleted-entry") > strings.Index(text, "<entry")) {
				t.Errorf("the tombstone does not say by whom and from where, or comes after an entry\n%s", text)
			}
			if name == "json" && !strings.Contains(text, `"decision":"withdrawn","reason":"withdrawn"`) {
				t.Errorf("json: %s", text)
			}
		}
	}
}

var writers = map[string]func(render.Feed) (render.Document, error){"rss": render.RSS, "atom": render.Atom, "json": render.JSON}

// TestGoneWithAnyText: whatever an operator types, out of whatever file, a notice of it can stand in every format.
func TestGoneWithAnyText(t *testing.T) {
	t.Parallel()
	item := items()[0]
	house := house()
	house.Site.Words = map[string]syndicate.Words{"zh": {Withdrawn: "{house} {date}[ {authority}][ {replacement}]"}}
	book, problems := syndicate.Compile(house)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("ab \t\r\n\x00\x01\x1b\u0085\u2028\u202e\ufffd\ufffe<>&'\"]]>"))))
		w := syndicate.Withdrawal{Target: syndicate.ItemTarget(item.ID), Epoch: 1, Cause: syndicate.Legal, At: noon, Replacement: text.Draw(t, "replacement"), Authority: text.Draw(t, "authority")}
		gone, ok := book.Gone(item, syndicate.Public, syndicate.NewWithdrawals(w), noon)
		if !ok || strings.ContainsAny(gone.Notice, "\r\x00\x01\x1b\u0085\u202e") {
			t.Fatalf("%v %q", ok, gone.Notice)
		}
		feed := render.Feed{Site: house.Site, Channel: syndicate.Channel{ID: "top", Title: "Top"}, Page: "https://a.example/feeds/top", Self: "https://a.example/feeds/top.rss", ItemURL: "https://a.example/items/", Changed: noon, Gone: []syndicate.Gone{gone}}
		for name, write := range writers {
			if d, err := write(feed); err != nil || len(d.Dropped) > 0 {
				t.Errorf("%s: %v %v", name, err, d.Dropped)
			}
		}
	})
}

// TestBadMark: a mark that cannot be published is left out, and nothing else.
func TestBadMark(t *testing.T) {
	t.Parallel()
	all := items()
	good := syndicate.Gone{Item: all[0].ID, URI: all[0].URI, At: noon, Stub: true, Notice: "it is gone"}
	bad := good
	bad.Item, bad.URI, bad.Notice = all[1].ID, "tag:a.example,2026:\x00", "so is this"
	for name, write := range writers {
		feed := feedOf(t, all[2:])
		feed.Gone = []syndicate.Gone{bad, good}
		d, err := write(feed)
		if err != nil || len(d.Dropped) != 1 || d.Dropped[0].ID != bad.Item {
			t.Errorf("%s: %v, %v", name, err, d.Dropped)
		}
		if text := string(d.Bytes); !strings.Contains(text, good.Notice) || strings.Contains(text, bad.Notice) || !strings.Contains(text, all[2].URI) {
			t.Errorf("%s lacks what is good:\n%s", name, text)
		}
	}
}
