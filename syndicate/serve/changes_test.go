package serve_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// told is an answer of /partner/changes as a partner reads it.
type told struct {
	Begun   bool
	Cursor  string
	More    bool
	Changes []struct {
		Change, Item, URI, Form, Reason, Agreement string
		Until                                      time.Time
		Content                                    *struct {
			Title   string
			Content string `json:"content_html"`
		}
	}
}

func (o *office) changes(t testing.TB, token, cursor string, limit int, more ...string) told {
	t.Helper()
	path := fmt.Sprintf("/partner/changes?limit=%d&after=%s%s", limit, cursor, strings.Join(more, ""))
	w := o.get(path, token)
	if w.Code != 200 {
		t.Fatalf("%s: %d %s", path, w.Code, w.Body)
	}
	var answer told
	if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	if (w.Header().Get("Reprint-Receipt") != "") != strings.Contains(w.Body.String(), "content_html") {
		t.Errorf("receipt %q for %s", w.Header().Get("Reprint-Receipt"), w.Body)
	}
	return answer
}

// kinds says what was told, in short.
func (a told) kinds() string {
	var all []string
	for _, c := range a.Changes {
		all = append(all, c.Change+" "+c.Form+" "+c.Reason)
	}
	return strings.Join(all, ", ")
}

func TestChanges(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), story("hill", 1), story("inner", 1))
	first := o.changes(t, "zj/k1", "", 100)
	if !first.Begun || first.More || first.kinds() != "new full granted-by-agreement" {
		t.Fatalf("%+v", first)
	}
	c := first.Changes[0]
	if c.Item != article(1).ID || c.Agreement != "zj-2026" || c.Content == nil || !strings.Contains(c.Content.Content, "全文的最后一句") || !c.Until.Equal(noon.Add(240*time.Hour)) {
		t.Errorf("%+v", c)
	}
	if other := o.changes(t, "hz/k1", "", 100); len(other.Changes) != 1 || other.Changes[0].Agreement != "hz-2026" {
		t.Errorf("a partner on the same terms: %+v", other.Changes)
	}
	if again := o.changes(t, "zj/k1", first.Cursor, 100); again.Begun || len(again.Changes) != 0 || again.Cursor == "" {
		t.Errorf("again: %+v", again)
	}
	revised := article(1)
	revised.Title = "更正"
	revised.Revision = revised.Digest()
	o.put(t, revised, article(2))
	second := o.changes(t, "zj/k1", first.Cursor, 1)
	third := o.changes(t, "zj/k1", second.Cursor, 1)
	if second.kinds()+"; "+third.kinds() != "revised full granted-by-agreement; new full granted-by-agreement" || !second.More {
		t.Errorf("%s; %s", second.kinds(), third.kinds())
	}
	if second.Changes[0].Content.Title != "更正" {
		t.Errorf("%+v", second.Changes[0].Content)
	}
	if none := o.changes(t, "zj/k1", "", 100, "&content=none"); len(none.Changes) != 2 || none.Changes[0].Content != nil {
		t.Errorf("without content: %+v", none)
	}
	if bare := o.changes(t, "bare/k1", "", 100); len(bare.Changes) != 0 {
		t.Errorf("a partner without agreements: %+v", bare)
	}
}

// TestChangesOfAnotherServer: the journal may tell a server of a withdrawal before it has heard of it by itself. It does
// not go past the entry before it has.
func TestChangesOfAnotherServer(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2))
	cursor := o.changes(t, "zj/k1", "", 100).Cursor
	for n, tt := range []struct {
		target syndicate.Target
		back   bool
		want   string
	}{
		{syndicate.ItemTarget(article(1).ID), false, "removed withheld withdrawn"},
		{syndicate.ItemTarget(article(1).ID), true, "granted full granted-by-agreement"},
		{syndicate.SourceTarget("weekly"), false, "removed withheld withdrawn, removed withheld withdrawn"},
		{syndicate.SourceTarget("weekly"), true, "revised full granted-by-agreement, granted full granted-by-agreement"},
	} {
		w := syndicate.Withdrawal{Target: tt.target, Reinstated: tt.back, Cause: syndicate.Rights, At: noon}
		if _, err := o.store.Withdraw(t.Context(), fmt.Sprint(n), w); err != nil {
			t.Fatal(err)
		}
		got := o.changes(t, "zj/k1", cursor, 100)
		cursor = got.Cursor
		if got.kinds() != tt.want {
			t.Errorf("%s, back %v: %q, want %q", tt.target, tt.back, got.kinds(), tt.want)
		}
	}
}

func TestChangesThatTimeBrings(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), article(3))
	h := partnerHouse()
	h.Partners[2].Agreements[0].Window = 5 * time.Hour
	if err := o.Reload(rules(t, h), o.partners()); err != nil {
		t.Fatal(err)
	}
	cursor := ""
	step := func(at time.Duration, want string) {
		t.Helper()
		o.now = noon.Add(at)
		a := o.changes(t, "qh/k1", cursor, 100)
		if a.kinds() != want {
			t.Errorf("at %v: %q, want %q", at, a.kinds(), want)
		}
		cursor = a.Cursor
	}
	// Published 1, 2 and 3 hours before noon; an embargo of 2.5 and a window of 5 hours.
	step(0, "new full granted-by-agreement")
	step(30*time.Minute-time.Millisecond, "")
	step(30*time.Minute, "")
	step(30*time.Minute+time.Millisecond, "granted full granted-by-agreement")
	step(2*time.Hour+time.Second, "granted full granted-by-agreement, reduced excerpt window-ended")
	step(20*time.Hour, "reduced excerpt window-ended, reduced excerpt window-ended")
	step(21*time.Hour, "")
}

// TestChangesOfTerms: whatever changes the terms, the partner is told everything anew, also
// what it may no longer show.
func TestChangesOfTerms(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2))
	a := o.changes(t, "zj/k1", "", 100)
	h := partnerHouse()
	h.Partners[0].Agreements[0].Text = syndicate.Excerpt
	h.Partners[0].Agreements[0].Pictures = syndicate.PicturesNone
	if err := o.Reload(rules(t, h), o.partners()); err != nil {
		t.Fatal(err)
	}
	a = o.changes(t, "zj/k1", a.Cursor, 100)
	if !a.Begun || len(a.Changes) != 2 || a.Changes[0].Form != "excerpt" {
		t.Errorf("%+v", a)
	}
	h.Partners[0].Agreements = nil
	if err := o.Reload(rules(t, h), o.partners()); err != nil {
		t.Fatal(err)
	}
	if a = o.changes(t, "zj/k1", a.Cursor, 100); !a.Begun || a.kinds() != "reduced excerpt not-covered, reduced excerpt not-covered" {
		t.Errorf("%+v", a)
	}
	if err := o.Reload(rules(t, partnerHouse()), o.partners()); err != nil {
		t.Fatal(err)
	}
	a = o.changes(t, "zj/k1", a.Cursor, 100)
	o.now = noon.Add(240 * time.Hour)
	if a = o.changes(t, "zj/k1", a.Cursor, 100); !a.Begun || a.kinds() != "reduced excerpt agreement-ended, reduced excerpt agreement-ended" {
		t.Errorf("%+v", a)
	}
}

// TestChangesOfWithdrawals: a partner that was sent an item hears that it was withdrawn, one that
// was not hears nothing; a withdrawal of a source is heard for each of its items; and what
// is put back comes again.
func TestChangesOfWithdrawals(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), story("hill", 1))
	withdraw := func(target syndicate.Target, reinstated bool) {
		t.Helper()
		o.withdraw(t, target, reinstated)
	}
	cursor := o.changes(t, "zj/k1", "", 100).Cursor
	step := func(want string) {
		t.Helper()
		a := o.changes(t, "zj/k1", cursor, 100)
		cursor = a.Cursor
		if a.kinds() != want || a.Begun {
			t.Errorf("%q, want %q", a.kinds(), want)
		}
	}
	item := syndicate.ItemTarget(article(1).ID)
	withdraw(item, false)
	withdraw(syndicate.ItemTarget(story("hill", 1).ID), false)
	step("removed withheld withdrawn")
	w := o.get("/partner/must-remove", "zj/k1")
	if !strings.Contains(w.Body.String(), article(1).ID) || !strings.Contains(w.Body.String(), `"withdrawn"`) || strings.Contains(w.Body.String(), story("hill", 1).ID) {
		t.Errorf("must-remove: %s", w.Body)
	}
	if w := o.get("/items/"+article(1).ID, "zj/k1"); w.Code != 410 || w.Header().Get("Reprint-Receipt") != "" {
		t.Errorf("the item's page: %d", w.Code)
	}
	withdraw(item, true)
	step("granted full granted-by-agreement")
	withdraw(syndicate.SourceTarget("weekly"), false)
	step("removed withheld withdrawn, removed withheld withdrawn")
	step("")
	withdraw(syndicate.SourceTarget("weekly"), true)
	a := o.changes(t, "zj/k1", cursor, 100)
	if len(a.Changes) < 2 || a.Changes[0].Form != "full" || a.Changes[1].Form != "full" {
		t.Errorf("%s", a.kinds())
	}
}

// TestEmbargoFromADateAhead: an embargo that is counted from a date in the future ends at a
// moment that no index knows.
func TestEmbargoFromADateAhead(t *testing.T) {
	t.Parallel()
	ahead := article(1)
	ahead.Published = noon.Add(3 * time.Hour)
	ahead.Revision = ahead.Digest()
	o := newOffice(t, article(9), ahead, article(8))
	a := o.changes(t, "qh/k1", "", 100)
	if len(a.Changes) != 2 {
		t.Fatalf("%s", a.kinds())
	}
	o.now = noon.Add(5 * time.Hour)
	if a = o.changes(t, "qh/k1", a.Cursor, 100); len(a.Changes) != 0 {
		t.Errorf("%s", a.kinds())
	}
	o.now = noon.Add(5*time.Hour + 31*time.Minute)
	a = o.changes(t, "qh/k1", a.Cursor, 100)
	found := false
	for _, c := range a.Changes {
		found = found || c.Item == ahead.ID && c.Form == "full"
	}
	if !found {
		t.Errorf("%s", a.kinds())
	}
}

func TestChangesUnderACap(t *testing.T) {
	t.Parallel()
	o := newOffice(t, article(1), article(2), article(3))
	a := o.changes(t, "cap/k1", "", 100)
	if len(a.Changes) != 2 {
		t.Fatalf("%s", a.kinds())
	}
	o.now = noon.Add(12*time.Hour + time.Second)
	a = o.changes(t, "cap/k1", a.Cursor, 100)
	full := make(map[string]bool)
	for _, c := range a.Changes {
		full[c.Item] = true
	}
	if !full[article(3).ID] {
		t.Errorf("on the second day: %s", a.kinds())
	}
}

// expect compares a mirror with what the partner may have of all items now.
func (o *office) expect(t *testing.T, m mirror, partner syndicate.Audience, house syndicate.House, items map[string]feeds.Item) {
	t.Helper()
	book := rules(t, house)
	for id, item := range items {
		_, d := book.Decide(item, partner, nil, o.now)
		want := d.Form.String() + " " + item.Title
		got, has := m[id]
		switch {
		case len(d.Covered) > 0 && got != want:
			t.Errorf("%s: the partner has %q, it may have %q", id, got, want)
		case len(d.Covered) == 0 && has && (got != want || d.Form == syndicate.Withheld):
			t.Errorf("%s: the partner still has %q, it may have %q", id, got, want)
		}
	}
	for id := range m {
		if _, ok := items[id]; !ok {
			t.Errorf("%s: nobody ever put it", id)
		}
	}
}

// write puts new items, or a correction of one.
func (o *office) write(t *testing.T, r *rand.Rand, items map[string]feeds.Item) {
	t.Helper()
	source := []string{"weekly", "hill", "inner"}[r.IntN(3)]
	for range 1 + r.IntN(3) {
		i := story(source, r.IntN(12))
		i.Title = fmt.Sprint("version ", r.IntN(1000))
		i.Published = o.now.Add(-time.Duration(r.IntN(300)) * time.Minute)
		i.FirstSeen = o.now.Truncate(time.Millisecond)
		if known, ok := items[i.ID]; ok {
			i.FirstSeen, i.Published = known.FirstSeen, known.Published
		}
		if r.IntN(8) == 0 {
			i.Published = o.now.Add(time.Duration(r.IntN(300)) * time.Minute)
		}
		i.Revision = i.Digest()
		o.put(t, i)
		items[i.ID] = i
	}
}

// TestChangesOfBroadWithdrawals: a partner who follows the cursor is told of every item that the withdrawal of an outlet or a picture is
// about, and what he is sent then is without it; and of all of them when it is put back.
func TestChangesOfBroadWithdrawals(t *testing.T) {
	t.Parallel()
	const picture = "https://img.example/staff.jpg"
	for target, down := range map[syndicate.Target]string{
		syndicate.OriginTarget("清河周刊网"): "removed withheld", syndicate.PictureTarget(picture): "revised full",
		syndicate.SourcePictureTarget("weekly", picture): "revised full",
	} {
		t.Run(string(target), func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, article(1), article(2))
			cursor := o.changes(t, "zj/k1", "", 100).Cursor
			follow := func(back bool, want string, shown bool, toRemove int) {
				t.Helper()
				w := syndicate.Withdrawal{Target: target, Reinstated: back, Cause: syndicate.Rights, At: noon}
				if _, err := o.store.Withdraw(t.Context(), fmt.Sprint(back), w); err != nil {
					t.Fatal(err)
				}
				o.now = o.now.Add(3 * time.Second)
				a := o.changes(t, "zj/k1", cursor, 100)
				cursor = a.Cursor
				items := make(map[string]bool)
				for _, c := range a.Changes {
					items[c.Item] = true
					if got := c.Change + " " + c.Form; got != want || (c.Content != nil && strings.Contains(c.Content.Content, picture)) != shown {
						t.Errorf("%s, %+v", got, c.Content)
					}
				}
				if !items[article(1).ID] || !items[article(2).ID] {
					t.Errorf("told of %v", items)
				}
				if list := o.get("/partner/must-remove", "zj/k1").Body.String(); strings.Count(list, `"item"`) != toRemove {
					t.Errorf("must-remove: %s", list)
				}
			}
			follow(false, down, false, 2)
			follow(true, "revised full", true, 0)
			if a := o.changes(t, "zj/k1", cursor, 100); len(a.Changes) > 0 {
				t.Errorf("told again: %s", a.kinds())
			}
		})
	}
}
