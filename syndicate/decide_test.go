package syndicate_test

import (
	"slices"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestDecide has one or more cases for each rule of docs/rules.md.
func TestDecide(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	carried := func(i feeds.Item) feeds.Item {
		i.Attribution.Carried = &feeds.FeedRef{Title: "elsewhere"}
		return i
	}
	unclear := func(i feeds.Item) feeds.Item {
		i.Attribution.Origins[0].Unclear = true
		return i
	}
	element := func(i feeds.Item, name, url string) feeds.Item {
		i.Attribution.Origins = append(i.Attribution.Origins, feeds.Origin{Name: name, URL: url, Place: feeds.PlaceRSSSource})
		return i
	}
	feedSays := func(i feeds.Item, kind feeds.Kind, value string) feeds.Item {
		i = says(i, kind, value)
		i.Rights[len(i.Rights)-1].Scope = feeds.ScopeFeed
		return i
	}
	tests := []struct {
		name     string
		item     feeds.Item
		audience syndicate.Audience
		form     syndicate.Form
		reason   syndicate.Reason
		license  string
		origin   string
	}{
		{"R2 source not configured", item("gone"), "", syndicate.Withheld, syndicate.SourceUnknown, "", ""},
		{"R3 no source line", item("commons"), "", syndicate.Full, syndicate.LicensePublic, "cc-by-4.0", "Hill Commons"},
		{"T1 R4 house name", from(item("weekly"), "清河周刊网"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河周刊网"},
		{"R4 second house name", from(item("weekly"), "清河周刊"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河周刊"},
		{"R4 spaces and script variants", from(item("weekly"), "清河 週刊網"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河 週刊網"},
		{"R5 department of the house", from(item("weekly"), "清河周刊网-地方"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河周刊网-地方"},
		{"R5 full-width hyphen", from(item("weekly"), "清河周刊网\uFF0D地方"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河周刊网\uFF0D地方"},
		{"R6 another paper on the house's site", from(item("weekly"), "清河周刊网-澄江时报"), "", syndicate.Excerpt, syndicate.LicensePublic, "pass-along", "澄江时报"},
		{"R6 unknown paper on the house's site", from(item("weekly"), "清河周刊网-西岭快报"), "", syndicate.Excerpt, syndicate.UnknownOrigin, "pass-along", "西岭快报"},
		{"R7 longer look-alike name", from(item("open"), "清河周刊网络版"), "", syndicate.Excerpt, syndicate.UnknownOrigin, "pass-along", "清河周刊网络版"},
		{"R7 name in front of the house's", from(item("open"), "新清河周刊网"), "", syndicate.Excerpt, syndicate.UnknownOrigin, "pass-along", "新清河周刊网"},
		{"R8 listed outlet", from(item("weekly"), "《澄江时报》"), "", syndicate.Excerpt, syndicate.LicensePublic, "pass-along", "澄江时报"},
		{"R8 polled outlet", from(item("weekly"), "hill commons"), "", syndicate.Full, syndicate.LicensePublic, "cc-by-4.0", "Hill Commons"},
		{"R8 by the address of its feed", element(item("weekly"), "Hill: all stories", "https://hill.example/feed.json"), "", syndicate.Full, syndicate.LicensePublic, "cc-by-4.0", "Hill Commons"},
		{"R7 an address in a line is no proof", from(item("open"), "Hill: all stories"), "", syndicate.Excerpt, syndicate.UnknownOrigin, "pass-along", "Hill: all stories"},
		{"R9 several, strictest holds", from(item("open"), "开放日报", "澄江时报"), "", syndicate.Excerpt, syndicate.LicensePublic, "pass-along", "开放日报、澄江时报"},
		{"R8 same name twice is one statement", from(item("open"), "开放日报", "开放 日报"), "", syndicate.Full, syndicate.LicensePublic, "open", "开放日报"},
		{"R10 foreign feed claims the house", from(item("open"), "清河周刊网"), "", syndicate.Excerpt, syndicate.OriginUnclear, "house", "清河周刊网"},
		{"R10 unclear reading", unclear(from(item("open"), "开放日报")), "", syndicate.Excerpt, syndicate.OriginUnclear, "pass-along", "开放日报"},
		{"R11 trusted item license widens", says(item("trusted"), feeds.KindLicense, "http://creativecommons.org/licenses/by/4.0/deed.zh"), "", syndicate.Full, syndicate.LicensePublic, "cc-by-4.0", "Valley Post"},
		{"R12 untrusted item license cannot widen", says(item("weekly"), feeds.KindLicense, "CC-BY-4.0"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河周刊网"},
		{"R12 untrusted item license narrows", says(item("commons"), feeds.KindLicense, "https://news.example/copyright"), "", syndicate.Excerpt, syndicate.ItemLicenseNarrows, "cc-by-4.0", "Hill Commons"},
		{"R12 unspecified inherits nothing", says(feedSays(item("trusted"), feeds.KindLicense, "CC-BY-4.0"), feeds.KindUnspecified, ""), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "Valley Post"},
		{"R13 unknown license", says(item("commons"), feeds.KindLicense, "https://elsewhere.example/terms"), "", syndicate.Excerpt, syndicate.LicenseUnrecognized, "cc-by-4.0", "Hill Commons"},
		{"R13 unconfigured CC license", says(item("commons"), feeds.KindLicense, "https://creativecommons.org/licenses/by-nc/4.0/"), "", syndicate.Excerpt, syndicate.LicenseUnrecognized, "cc-by-4.0", "Hill Commons"},
		{"R14 feed license not for another outlet's item", feedSays(from(item("trusted"), "澄江时报"), feeds.KindLicense, "CC-BY-4.0"), "", syndicate.Excerpt, syndicate.LicensePublic, "pass-along", "澄江时报"},
		{"R14 feed license not for a carried entry", feedSays(carried(item("trusted")), feeds.KindLicense, "CC-BY-4.0"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "Valley Post"},
		{"R14 feed license for the feed's own item", feedSays(item("trusted"), feeds.KindLicense, "CC-BY-4.0"), "", syndicate.Full, syndicate.LicensePublic, "cc-by-4.0", "Valley Post"},
		{"R15 exclusive elsewhere", says(item("open"), feeds.KindExclusive, "独家稿件"), "", syndicate.Link, syndicate.Exclusive, "open", "平原社"},
		{"R15 exclusive at home", says(item("weekly"), feeds.KindExclusive, "未经授权禁止转载"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河周刊网"},
		{"R16 license withholds", item("closed"), "", syndicate.Withheld, syndicate.WithheldByLicense, "closed", "内部通讯"},
		{"R17 machine-readable no", feedSays(item("open"), feeds.KindForbidden, "yes"), "", syndicate.Withheld, syndicate.SourceForbids, "open", "平原社"},
		{"R17 not for the house's own feed", feedSays(item("weekly"), feeds.KindForbidden, "yes"), "", syndicate.Excerpt, syndicate.LicensePublic, "house", "清河周刊网"},
		{"R18 agreement grants", item("weekly"), "zj", syndicate.Full, syndicate.GrantedByAgreement, "house", "清河周刊网"},
		{"R18 not covered keeps the public's", from(item("weekly"), "澄江时报"), "zj", syndicate.Excerpt, syndicate.NotCovered, "pass-along", "澄江时报"},
		{"R18 public already has all", item("commons"), "zj", syndicate.Full, syndicate.LicensePublic, "cc-by-4.0", "Hill Commons"},
		{"R18 unknown partner is the public", item("weekly"), "nobody", syndicate.Excerpt, syndicate.NotCovered, "house", "清河周刊网"},
		{"R24 no excerpt of what must not be changed", item("nd"), "", syndicate.Link, syndicate.NoDerivatives, "cc-by-nd-4.0", "石桥"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cleared, d := book.Decide(tt.item, tt.audience, nil, noon)
			if d.Form != tt.form || d.Reason != tt.reason || d.License != tt.license || d.Origin.Name != tt.origin {
				t.Errorf("got %s because %s, license %q, origin %q\nwant %s because %s, license %q, origin %q\nclauses:%s",
					d.Form, d.Reason, d.License, d.Origin.Name, tt.form, tt.reason, tt.license, tt.origin, list(d.Clauses))
			}
			if cleared.IsZero() != (tt.form == syndicate.Withheld) {
				t.Errorf("cleared.IsZero() = %v with form %s", cleared.IsZero(), d.Form)
			}
			rule, _, _ := cutRule(tt.name)
			if !slices.ContainsFunc(d.Clauses, func(c syndicate.Clause) bool { return c.Rule == rule }) && rule != "R14" {
				t.Errorf("no clause names %s:%s", rule, list(d.Clauses))
			}
		})
	}
}

func cutRule(name string) (rule, rest string, ok bool) {
	for i, r := range name {
		if r == ' ' {
			return name[:i], name[i+1:], true
		}
	}
	return name, "", false
}

func list(clauses []syndicate.Clause) string {
	s := ""
	for _, c := range clauses {
		s += "\n  " + c.Rule + " " + string(c.Reason) + ": " + c.Fact
	}
	return s
}

func TestWithdrawalWins(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	i := item("commons")
	set := syndicate.NewWithdrawals()
	set.Add(syndicate.Withdrawal{Target: syndicate.ItemTarget(i.ID), Epoch: 1, At: noon})
	if _, d := book.Decide(i, "zj", set, noon); d.Form != syndicate.Withheld || d.Reason != syndicate.Withdrawn {
		t.Errorf("withdrawn: got %s because %s", d.Form, d.Reason)
	}
	set.Add(syndicate.Withdrawal{Target: syndicate.ItemTarget(i.ID), Epoch: 2, Reinstated: true, At: noon})
	set.Add(syndicate.Withdrawal{Target: syndicate.ItemTarget(i.ID), Epoch: 1, At: noon})
	if _, d := book.Decide(i, syndicate.Public, set, noon); d.Form != syndicate.Full {
		t.Errorf("reinstated at a later epoch: got %s because %s", d.Form, d.Reason)
	}
}

// TestInTime walks one agreement through its whole life (R20 to R23).
func TestInTime(t *testing.T) {
	t.Parallel()
	house := testHouse()
	i := item("weekly")
	i.Published, i.FirstSeen = noon, noon
	a := &house.Partners[0].Agreements[0]
	a.From, a.Until = noon.Add(-time.Hour), noon.Add(200*24*time.Hour)
	book := compile(t, house)
	tests := []struct {
		name   string
		at     time.Time
		form   syndicate.Form
		reason syndicate.Reason
		until  time.Time
	}{
		{"before it begins", noon.Add(-2 * time.Hour), syndicate.Excerpt, syndicate.AgreementNotBegun, a.From},
		{"at publication", noon, syndicate.Excerpt, syndicate.Embargoed, noon.Add(30 * time.Minute)},
		{"one moment before the embargo ends", noon.Add(30*time.Minute - 1), syndicate.Excerpt, syndicate.Embargoed, noon.Add(30 * time.Minute)},
		{"when the embargo ends", noon.Add(30 * time.Minute), syndicate.Full, syndicate.GrantedByAgreement, noon.Add(90 * 24 * time.Hour)},
		{"when the window ends", noon.Add(90 * 24 * time.Hour), syndicate.Excerpt, syndicate.WindowEnded, a.Until},
		{"when the agreement ends", a.Until, syndicate.Excerpt, syndicate.AgreementEnded, time.Time{}},
	}
	for _, tt := range tests {
		_, d := book.Decide(i, "zj", nil, tt.at)
		if d.Form != tt.form || d.Reason != tt.reason || !d.Until.Equal(tt.until) {
			t.Errorf("%s: got %s because %s until %v, want %s because %s until %v", tt.name, d.Form, d.Reason, d.Until, tt.form, tt.reason, tt.until)
		}
	}
	if _, d := book.Decide(i, syndicate.Public, nil, noon); !d.Until.IsZero() {
		t.Errorf("the public's verdict does not depend on time, but until is %v", d.Until)
	}
}

func TestReprintNever(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Partners[0].Agreements[0].Covers.Licenses = []string{"pass-along"}
	_, d := compile(t, house).Decide(from(item("weekly"), "澄江时报"), "zj", nil, noon)
	if d.Form != syndicate.Excerpt || d.Reason != syndicate.ReprintForbidden {
		t.Errorf("R19: got %s because %s", d.Form, d.Reason)
	}
}

// TestNamedOnly: an exclusive item of another outlet, or one whose feed forbids
// republication, is granted only by an agreement that names the source or the outlet.
func TestNamedOnly(t *testing.T) {
	t.Parallel()
	for _, kind := range []feeds.Kind{feeds.KindExclusive, feeds.KindForbidden} {
		house := testHouse()
		covers := &house.Partners[0].Agreements[0].Covers
		*covers = syndicate.Coverage{Licenses: []string{"open"}}
		i := says(item("open"), kind, "yes")
		if _, d := compile(t, house).Decide(i, "zj", nil, noon); d.Form == syndicate.Full {
			t.Errorf("%s: an agreement by license grants %s", kind, d.Form)
		}
		*covers = syndicate.Coverage{Sources: []string{"open"}}
		if _, d := compile(t, house).Decide(i, "zj", nil, noon); d.Form != syndicate.Full {
			t.Errorf("%s: an agreement that names the source grants only %s because %s", kind, d.Form, d.Reason)
		}
	}
}
