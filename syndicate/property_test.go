package syndicate_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"reprint/feeds"
	"reprint/syndicate"
)

// drawItem makes an item with any mix of what a feed may say.
func drawItem(t *rapid.T) feeds.Item {
	credits := []string{"", " ", "清河周刊网记者李明摄", "清河周刊网发\uFF08李明摄\uFF09", "Jane Doe", "视觉中国", "清河周刊网记者李明摄 视觉中国", "Reuters/J", "清河周刊网"}
	names := []string{"清河周刊网", "清河周刊网-地方", "清河周刊网-澄江时报", "澄江时报", "开放日报", "Hill Commons", "西岭快报", "清河周刊网络版", ""}
	i := item(rapid.SampledFrom([]string{"weekly", "commons", "trusted", "open", "closed", "nd", "gone"}).Draw(t, "source"),
		rapid.SliceOfN(rapid.SampledFrom(credits), 0, 4).Draw(t, "credits")...)
	for range rapid.IntRange(0, 2).Draw(t, "origins") {
		i.Attribution.Origins = append(i.Attribution.Origins, feeds.Origin{
			Name:    rapid.SampledFrom(names).Draw(t, "name"),
			Place:   rapid.SampledFrom([]feeds.Place{feeds.PlaceHead, feeds.PlaceRSSSource}).Draw(t, "place"),
			Unclear: rapid.Bool().Draw(t, "unclear"),
		})
	}
	for range rapid.IntRange(0, 2).Draw(t, "statements") {
		kind := rapid.SampledFrom([]feeds.Kind{feeds.KindLicense, feeds.KindUnspecified, feeds.KindExclusive, feeds.KindForbidden, feeds.KindNotice}).Draw(t, "kind")
		i = says(i, kind, rapid.SampledFrom([]string{"CC-BY-4.0", "https://elsewhere.example/l", "CC-BY-NC-4.0", "https://news.example/copyright", "CC-BY-ND-4.0"}).Draw(t, "value"))
		i.Rights[len(i.Rights)-1].Scope = rapid.SampledFrom([]feeds.Scope{feeds.ScopeItem, feeds.ScopeSource, feeds.ScopeFeed}).Draw(t, "scope")
	}
	if len(i.Pictures()) > 0 && rapid.Bool().Draw(t, "restricted") {
		p := i.Pictures()[0]
		p.Restricted, p.License = true, "https://elsewhere.example/l"
		i.Media = append(i.Media, p)
	}
	return i
}

func drawHouse(t *rapid.T) syndicate.House {
	house := testHouse()
	a := &house.Partners[0].Agreements[0]
	a.Text = rapid.SampledFrom([]syndicate.Form{syndicate.Excerpt, syndicate.Full}).Draw(t, "text")
	a.Pictures = rapid.SampledFrom([]syndicate.PictureTerms{syndicate.PicturesNone, syndicate.PicturesStaff, syndicate.PicturesCredited, syndicate.PicturesAll}).Draw(t, "pictures")
	a.Covers = rapid.SampledFrom([]syndicate.Coverage{
		{Licenses: []string{"house"}}, {Sources: []string{"open", "closed"}}, {Channels: []string{"all"}}, {Origins: []string{"澄江时报"}}, {Languages: []string{"zh"}},
	}).Draw(t, "covers")
	return house
}

// TestNeverMoreThanGranted holds over all combinations what must never happen, whatever
// an item says and whatever was agreed.
func TestNeverMoreThanGranted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		house, i := drawHouse(t), drawItem(t)
		book, problems := syndicate.Compile(house)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		now := noon.Add(time.Duration(rapid.IntRange(-500, 500).Draw(t, "hours")) * time.Hour)
		cleared, public := book.Decide(i, syndicate.Public, nil, now)
		_, partner := book.Decide(i, "zj", nil, now)

		if license, ok := book.License(public.License); ok && public.Form > license.Public.Text {
			t.Fatalf("the public gets %s, license %s grants %s", public.Form, license.ID, license.Public.Text)
		}
		if partner.Form < public.Form {
			t.Fatalf("the partner gets %s, the public %s", partner.Form, public.Form)
		}
		for n, p := range public.Pictures {
			if p.Granted && !partner.Pictures[n].Granted {
				t.Fatalf("picture %d goes to the public and not to the partner", n)
			}
		}
		for _, d := range []syndicate.Decision{public, partner} {
			checkPictures(t, i, d)
			if d.Reason.Sentence() == "" {
				t.Fatalf("reason %q has no sentence", d.Reason)
			}
			if !d.Until.IsZero() && !d.Until.After(now) {
				t.Fatalf("until %v is not after %v", d.Until, now)
			}
		}
		if cleared.IsZero() != (public.Form == syndicate.Withheld) {
			t.Fatal("a cleared item for a withheld verdict, or none for another")
		}
		checkCleared(t, cleared, public)
	})
}

func checkPictures(t *rapid.T, i feeds.Item, d syndicate.Decision) {
	for n, p := range i.Pictures() {
		v := d.Pictures[n]
		if !v.Granted {
			continue
		}
		switch {
		case strings.Contains(p.Credit, "视觉中国"), strings.Contains(p.Credit, "Reuters"), p.Restricted:
			t.Fatalf("a denied picture goes out: %+v", p)
		case d.PictureTerms == syndicate.PicturesNone, d.Form < syndicate.Excerpt:
			t.Fatalf("picture granted with terms %s and form %s", d.PictureTerms, d.Form)
		case d.PictureTerms < syndicate.PicturesAll && strings.TrimSpace(p.Credit) == "":
			t.Fatalf("a picture without credit passes %s", d.PictureTerms)
		case d.PictureTerms == syndicate.PicturesStaff && p.Credit != "清河周刊网记者李明摄":
			t.Fatalf("credit %q passes staff", p.Credit)
		}
	}
}

func checkCleared(t *rapid.T, c syndicate.Cleared, d syndicate.Decision) {
	if c.IsZero() {
		return
	}
	granted := 0
	for _, p := range d.Pictures {
		if p.Granted {
			granted++
		}
	}
	if len(c.Pictures()) != granted {
		t.Fatalf("%d pictures cleared, %d granted", len(c.Pictures()), granted)
	}
	if d.Form < syndicate.Full && len(c.Item().Body) > 0 || d.Form < syndicate.Excerpt && c.Item().Text != "" {
		t.Fatalf("form %s, yet body %v, text %q", d.Form, c.Item().Body, c.Item().Text)
	}
	n := c.Notice()
	if n.Attribution.Text() == "" || n.License.Text() == "" || n.Contact.Text() == "" {
		t.Fatalf("a notice is missing: %+v", n)
	}
	if d.Disclaimer != (len(n.Disclaimer) > 0) {
		t.Fatal("the disclaimer and the decision disagree")
	}
}

// TestSameInputSameVerdict: deciding is a pure function, and no verdict changes before its
// until.
func TestSameInputSameVerdict(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		house, i := drawHouse(t), drawItem(t)
		book, _ := syndicate.Compile(house)
		again, _ := syndicate.Compile(house)
		now := noon.Add(time.Duration(rapid.IntRange(-500, 500).Draw(t, "hours")) * time.Hour)
		c1, d1 := book.Decide(i, "zj", nil, now)
		c2, d2 := again.Decide(i, "zj", nil, now)
		if !reflect.DeepEqual(d1, d2) || !reflect.DeepEqual(c1, c2) {
			t.Fatalf("two verdicts:\n%+v\n%+v", d1, d2)
		}
		later := now.Add(time.Duration(rapid.IntRange(0, 20000).Draw(t, "later")) * time.Hour)
		if !d1.Until.IsZero() && !later.Before(d1.Until) {
			later = d1.Until.Add(-1)
		}
		_, d3 := book.Decide(i, "zj", nil, later)
		if d3.Form != d1.Form || d3.Reason != d1.Reason || !reflect.DeepEqual(d3.Pictures, d1.Pictures) {
			t.Fatalf("at %v: %s because %s; at %v: %s because %s; until was %v", now, d1.Form, d1.Reason, later, d3.Form, d3.Reason, d1.Until)
		}
	})
}
