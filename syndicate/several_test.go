package syndicate_test

import (
	"fmt"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestSeveralOrigins is R9 in every point: text, length, pictures, reprint, disclaimer and
// the license that is named are each the strictest, whatever the order.
func TestSeveralOrigins(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Licenses[3].Public = syndicate.Grant{Text: syndicate.Excerpt, ExcerptChars: 25, Pictures: syndicate.PicturesAll} // open
	book := compile(t, house)
	for _, names := range [][]string{{"开放日报", "澄江时报"}, {"澄江时报", "开放日报"}} {
		c, d := book.Decide(from(item("open", "Jane Doe"), names...), syndicate.Public, nil, noon)
		if d.License != "pass-along" || d.ExcerptChars != 25 || d.PictureTerms != syndicate.PicturesNone || d.Reprint != syndicate.ReprintNever || !d.Disclaimer {
			t.Errorf("%v: license %s, %d characters, pictures %s, reprint %s, disclaimer %v", names, d.License, d.ExcerptChars, d.PictureTerms, d.Reprint, d.Disclaimer)
		}
		if got := c.Notice().Attribution.Text(); got != "来源\uFF1A"+names[0]+"、"+names[1] {
			t.Errorf("attribution %q", got)
		}
	}
	_, d := book.Decide(from(item("weekly", "清河周刊网记者李明摄"), "清河周刊网", "开放日报"), syndicate.Public, nil, noon)
	if d.Origin.House || d.Pictures[0].Granted {
		t.Errorf("an item of the house and another outlet counts as the house's: %+v", d.Pictures[0])
	}
	_, d = book.Decide(from(item("weekly", "清河周刊网记者李明摄"), "清河周刊网", "清河周刊网", "清河周刊"), syndicate.Public, nil, noon)
	if !d.Origin.House || !d.Pictures[0].Granted {
		t.Errorf("two names of the house are not the house: %s, %+v", d.Origin.Name, d.Pictures[0])
	}
}

// TestSameGrantOtherReprint: between licenses that grant the public the same, the one that
// lets less be reprinted is named.
func TestSameGrantOtherReprint(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Licenses[3].Public = house.Licenses[1].Public // open grants what pass-along does
	_, d := compile(t, house).Decide(from(item("open"), "开放日报", "澄江时报"), syndicate.Public, nil, noon)
	if d.License != "pass-along" {
		t.Errorf("license %s is named", d.License)
	}
	house.Licenses[3].Public.Pictures = syndicate.PicturesStaff
	_, d = compile(t, house).Decide(from(item("open"), "澄江时报", "开放日报"), syndicate.Public, nil, noon)
	if d.License != "pass-along" || d.PictureTerms != syndicate.PicturesNone {
		t.Errorf("license %s, pictures %s", d.License, d.PictureTerms)
	}
}

// TestKnownByAddress is the second half of R8.
func TestKnownByAddress(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	origin := func(name, url string, place feeds.Place) feeds.Item {
		i := item("open")
		i.Attribution.Origins = []feeds.Origin{{Name: name, URL: url, Place: place}}
		return i
	}
	for _, tt := range []struct {
		name string
		item feeds.Item
		want string
	}{
		{"atom:source at its home", origin("Hill, all", "http://HILL.example", feeds.PlaceAtomSource), "cc-by-4.0"},
		{"a line at the head", origin("Hill, all", "https://hill.example/", feeds.PlaceHead), "pass-along"},
		{"dc:source", origin("Hill, all", "https://hill.example/", feeds.PlaceDCSource), "pass-along"},
		{"the house is known by name alone", origin("Weekly, all", "https://news.example/", feeds.PlaceRSSSource), "pass-along"},
		{"no address", origin("Hill, all", "", feeds.PlaceRSSSource), "pass-along"},
		{"a hyphen with nothing behind", origin("清河周刊网-", "", feeds.PlaceHead), "pass-along"},
	} {
		if _, d := book.Decide(tt.item, syndicate.Public, nil, noon); d.License != tt.want {
			t.Errorf("%s: license %s, want %s:%s", tt.name, d.License, tt.want, list(d.Clauses))
		}
	}
}

// TestSeveralAgreements is R18: the most that any of them grants, whatever their order,
// and the most telling reason where none does.
func TestSeveralAgreements(t *testing.T) {
	t.Parallel()
	open := syndicate.Agreement{ID: "open-ended", Covers: syndicate.Coverage{Sources: []string{"weekly"}}, Text: syndicate.Full}
	pictures := syndicate.Agreement{ID: "pictures", Covers: syndicate.Coverage{Sources: []string{"weekly"}}, Text: syndicate.Excerpt, Pictures: syndicate.PicturesAll}
	ended := syndicate.Agreement{ID: "ended", Covers: syndicate.Coverage{Sources: []string{"weekly"}}, Text: syndicate.Full, Until: noon}
	waiting := syndicate.Agreement{ID: "waiting", Covers: syndicate.Coverage{Sources: []string{"weekly"}}, Text: syndicate.Full, Embargo: 48 * time.Hour, From: noon}
	other := syndicate.Agreement{ID: "other", Covers: syndicate.Coverage{Sources: []string{"open"}}, Text: syndicate.Full}
	for _, tt := range []struct {
		name      string
		list      []syndicate.Agreement
		form      syndicate.Form
		reason    syndicate.Reason
		agreement string
		terms     syndicate.PictureTerms
	}{
		{"no bounds at all", []syndicate.Agreement{open}, syndicate.Full, syndicate.GrantedByAgreement, "open-ended", syndicate.PicturesStaff},
		{"text of one, pictures of another", []syndicate.Agreement{open, pictures}, syndicate.Full, syndicate.GrantedByAgreement, "open-ended", syndicate.PicturesAll},
		{"the same in the other order", []syndicate.Agreement{pictures, open}, syndicate.Full, syndicate.GrantedByAgreement, "open-ended", syndicate.PicturesAll},
		{"pictures only", []syndicate.Agreement{pictures}, syndicate.Excerpt, syndicate.LicensePublic, "pictures", syndicate.PicturesAll},
		{"one failed before", []syndicate.Agreement{ended, open}, syndicate.Full, syndicate.GrantedByAgreement, "open-ended", syndicate.PicturesStaff},
		{"one failed after", []syndicate.Agreement{open, ended}, syndicate.Full, syndicate.GrantedByAgreement, "open-ended", syndicate.PicturesStaff},
		{"embargo tells more than an end", []syndicate.Agreement{waiting, ended, other}, syndicate.Excerpt, syndicate.Embargoed, "", syndicate.PicturesStaff},
		{"in the other order", []syndicate.Agreement{other, ended, waiting}, syndicate.Excerpt, syndicate.Embargoed, "", syndicate.PicturesStaff},
		{"an end tells more than nothing", []syndicate.Agreement{ended, other}, syndicate.Excerpt, syndicate.AgreementEnded, "", syndicate.PicturesStaff},
	} {
		house := testHouse()
		house.Partners[0].Agreements = tt.list
		_, d := compile(t, house).Decide(item("weekly"), "zj", nil, noon)
		if d.Form != tt.form || d.Reason != tt.reason || d.Agreement != tt.agreement || d.PictureTerms != tt.terms {
			t.Errorf("%s: got %s because %s under %q, pictures %s", tt.name, d.Form, d.Reason, d.Agreement, d.PictureTerms)
		}
	}
}

// TestWordingOfTheGrantingAgreement: only the agreement that grants may ask for wording.
func TestWordingOfTheGrantingAgreement(t *testing.T) {
	t.Parallel()
	house := testHouse()
	a := house.Partners[0].Agreements[0]
	expired := a
	expired.ID, expired.Until, expired.Attribution = "old", noon, "旧{source}"
	a.Attribution, a.From = "新{source}", noon
	house.Partners[0].Agreements = []syndicate.Agreement{expired, a}
	c, _ := compile(t, house).Decide(item("weekly"), "zj", nil, noon)
	if got := c.Notice().Attribution.Text(); got != "新清河周刊网" {
		t.Errorf("attribution %q", got)
	}
}

// TestPictureLicenseUnderAgreement: a picture that names the very license of its item is
// ruled by the agreement, like the item.
func TestPictureLicenseUnderAgreement(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Partners[0].Agreements[0].Pictures = syndicate.PicturesAll
	i := item("weekly")
	i.Media = []feeds.Picture{{URL: "https://img.example/a.jpg", License: "https://news.example/copyright"}}
	book := compile(t, house)
	if _, d := book.Decide(i, "zj", nil, noon); d.Pictures[0].Reason != syndicate.PictureGranted {
		t.Errorf("partner: %s", d.Pictures[0].Reason)
	}
	if _, d := book.Decide(i, syndicate.Public, nil, noon); d.Pictures[0].Reason != syndicate.PictureCreditMissing {
		t.Errorf("public: %s", d.Pictures[0].Reason)
	}
	i.Media[0].License = "https://creativecommons.org/licenses/by/4.0/"
	if _, d := book.Decide(i, "zj", nil, noon); d.Pictures[0].Reason != syndicate.PictureCreditMissing {
		t.Errorf("another license: %s", d.Pictures[0].Reason)
	}
}

// TestLicenseStatements looks at scopes and at more than one statement.
func TestLicenseStatements(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	say := func(i feeds.Item, scope feeds.Scope, value string) feeds.Item {
		i = says(i, feeds.KindLicense, value)
		i.Rights[len(i.Rights)-1].Scope = scope
		return i
	}
	for _, tt := range []struct {
		name    string
		item    feeds.Item
		form    syndicate.Form
		license string
	}{
		{"item before feed", say(say(item("trusted"), feeds.ScopeFeed, "CC-BY-4.0"), feeds.ScopeItem, "https://news.example/copyright"), syndicate.Excerpt, "house"},
		{"two trusted, the stricter", say(say(item("trusted"), feeds.ScopeItem, "CC-BY-4.0"), feeds.ScopeItem, "https://news.example/copyright"), syndicate.Excerpt, "house"},
		{"unknown first, trusted second", say(say(item("trusted"), feeds.ScopeItem, "https://elsewhere.example/"), feeds.ScopeItem, "CC-BY-4.0"), syndicate.Excerpt, "house"},
		{"statement of the feed copied from, of a foreign item", say(from(item("open"), "开放日报"), feeds.ScopeSource, "https://news.example/copyright"), syndicate.Excerpt, "open"},
		{"trust does not reach another outlet's item", say(from(item("trusted"), "澄江时报"), feeds.ScopeItem, "CC-BY-4.0"), syndicate.Excerpt, "pass-along"},
	} {
		if _, d := book.Decide(tt.item, syndicate.Public, nil, noon); d.Form != tt.form || d.License != tt.license {
			t.Errorf("%s: got %s under %s, want %s under %s:%s", tt.name, d.Form, d.License, tt.form, tt.license, list(d.Clauses))
		}
	}
	_, d := book.Decide(say(item("commons"), feeds.ScopeItem, "https://elsewhere.example/"), syndicate.Public, nil, noon)
	if d.ExcerptChars != 200 {
		t.Errorf("an excerpt by rule has %d characters, want 200", d.ExcerptChars)
	}
	_, d = book.Decide(say(item("weekly"), feeds.ScopeItem, "https://elsewhere.example/"), syndicate.Public, nil, noon)
	if d.ExcerptChars != 50 {
		t.Errorf("an excerpt that the license shortens has %d characters, want 50", d.ExcerptChars)
	}
}

// TestForbiddenByAnother: the house's own feed may carry another outlet's item whose feed
// forbids republication, and another feed may name the house; neither is exempt.
func TestForbiddenByAnother(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	for _, i := range []feeds.Item{from(item("weekly"), "澄江时报"), from(item("open"), "清河周刊网")} {
		if _, d := book.Decide(says(i, feeds.KindForbidden, "yes"), syndicate.Public, nil, noon); d.Form != syndicate.Withheld {
			t.Errorf("%s from %s goes out: %s", i.Source, d.Origin.Name, d.Form)
		}
	}
}

// TestWithdrawnOutlets: what is from an outlet goes with it, if only among others, and by whichever name it is called.
func TestWithdrawnOutlets(t *testing.T) {
	t.Parallel()
	house := testHouse()
	book := compile(t, house)
	for _, tt := range []struct {
		item   feeds.Item
		outlet string
		goes   bool
	}{
		{from(item("open"), "开放日报", "澄江时报"), "开放日报", true},
		{from(item("open"), "开放日报", "澄江时报"), "澄江时报", true},
		{from(item("open"), "开放日报", "澄江时报"), "开放日报、澄江时报", false},
		{from(item("weekly"), "清河周刊网-地方"), "清河周刊网", true},
		{from(item("weekly"), "清河周刊网-地方"), "清河周刊网-地方", true},
		{from(item("weekly"), "清河周刊网"), "清河周刊", true},
		{from(item("open"), "清河周刊网-澄江时报"), "澄江时报", true},
		{from(item("open"), "清河周刊网-澄江时报"), "清河周刊网", false},
		{item("open"), "平原社", true},
		{from(item("open"), "清河周刊网"), "清河周刊网", true}, // which it only claims
	} {
		name := fmt.Sprintf("%v without %s", tt.item.Attribution.Origins, tt.outlet)
		w := syndicate.Withdrawal{Target: syndicate.OriginTarget(tt.outlet), Epoch: 1, Cause: syndicate.Legal, At: noon}
		set := syndicate.NewWithdrawals(w)
		_, d := book.Decide(tt.item, syndicate.Public, set, noon)
		if (d.Reason == syndicate.Withdrawn) != tt.goes || tt.goes && d.Under.Target != w.Target {
			t.Errorf("%s: %s, under %q", name, d.Reason, d.Under.Target)
		}
		if _, before := book.Decide(tt.item, syndicate.Public, nil, noon); before.Form == syndicate.Withheld {
			t.Errorf("%s: it is withheld anyway", name)
		}
		if g, told := book.Gone(tt.item, syndicate.Public, set, noon); told != tt.goes || told && !g.Legal {
			t.Errorf("%s: told %v: %+v", name, told, g)
		}
		w.Epoch, w.Reinstated, w.At = 2, true, noon.Add(time.Minute)
		set.Add(w)
		if _, d := book.Decide(tt.item, syndicate.Public, set, noon); d.Form == syndicate.Withheld || d.Restored.Equal(w.At) != tt.goes {
			t.Errorf("%s: put back: %s, at %v", name, d.Form, d.Restored)
		}
	}
}
