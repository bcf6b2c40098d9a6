package syndicate_test

import (
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

func TestNoticeChinese(t *testing.T) {
	t.Parallel()
	i := from(item("weekly"), "澄江时报")
	i.Attribution.Authors = []feeds.Person{{Name: "付文"}}
	i.Attribution.AuthorNote = "作者系县志办研究员"
	i.Attribution.Editors = []string{"赵山", "李栋"}
	c, _ := compile(t, testHouse()).Decide(i, syndicate.Public, nil, noon)
	n := c.Notice()
	check := func(name, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
	check("R32 attribution", n.Attribution.Text(), "来源\uFF1A澄江时报 作者\uFF1A付文\uFF08作者系县志办研究员\uFF09 责编\uFF1A赵山、李栋")
	check("R33 license", n.License.Text(), "许可\uFF1A转发")
	check("R33 license link", n.License[1].Href, "https://news.example/licenses/pass-along")
	check("T3 disclaimer", n.Disclaimer.Text(), "本文由清河周刊网转发自澄江时报\uFF0C意在传递信息\uFF0C不代表清河周刊网认同文中观点或证实其内容。")
	check("T4 contact", n.Contact.Text(), "对内容或版权有异议\uFF0C请于30日内与清河周刊网联系\uFF0C电话+86 10 0000 0000\uFF0C邮箱rights@news.example。")
	check("R35 changes", n.Changes.Text(), "以上为节选，阅读原文。")
	if len(n.Foot()) != 4 {
		t.Errorf("foot has %d lines, want 4", len(n.Foot()))
	}
}

func TestNoticeEnglish(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Site.ClaimDays, house.Site.Contact.Phone = 0, ""
	i := item("commons", "")
	i.Language = "en-GB"
	i.Attribution.Authors = []feeds.Person{{Name: "Jane Doe"}, {Name: "Hill Commons"}}
	c, _ := compile(t, house).Decide(i, syndicate.Public, nil, noon)
	n := c.Notice()
	if got, want := n.Attribution.Text(), "Source: Hill Commons · By Jane Doe"; got != want {
		t.Errorf("attribution: got %q, want %q", got, want)
	}
	if got, want := n.Contact.Text(), "Complaints about content or copyright reach 清河周刊网, mail rights@news.example."; got != want {
		t.Errorf("R34 contact: got %q, want %q", got, want)
	}
	if got, want := n.Claims(), "https://news.example/claims/new?item="+i.ID; got != want {
		t.Errorf("T4: the notice leads to %q, want %q", got, want)
	}
	if got := n.Changes.Text(); !strings.Contains(got, "left out") {
		t.Errorf("R35: a picture was denied, but changes say %q", got)
	}
	if len(n.Disclaimer) != 0 {
		t.Errorf("T3 does not apply, but the disclaimer is %q", n.Disclaimer.Text())
	}
}

// TestNoticeLanguage is R34: the item's language, else the site's, else English.
func TestNoticeLanguage(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Site.Words = map[string]syndicate.Words{"cy": {Source: "Ffynhonnell: {source}"}}
	book := compile(t, house)
	for language, want := range map[string]string{
		"zh-Hant": "来源\uFF1A", "en": "Source: ", "cy-GB": "Ffynhonnell: ", "fr": "来源\uFF1A", "": "来源\uFF1A",
	} {
		i := item("commons")
		i.Language = language
		c, _ := book.Decide(i, syndicate.Public, nil, noon)
		if got := c.Notice().Attribution.Text(); !strings.HasPrefix(got, want) {
			t.Errorf("language %q: %q does not begin with %q", language, got, want)
		}
	}
}

// TestNoticeAlreadyPrinted is R37: what the source printed and ours says too goes out once.
func TestNoticeAlreadyPrinted(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Licenses[1].Public = syndicate.Grant{Text: syndicate.Full}
	book := compile(t, house)
	first, _ := book.Decide(from(item("weekly"), "澄江时报"), syndicate.Public, nil, noon)
	printed := []string{
		first.Notice().Disclaimer.Text(),
		first.Notice().Contact.Text(),
		"本站转载目的在于传递更多信息\uFF0C并不代表本站观点。",
		"联系电话\uFF1A+86 10 0000 0000",
	}
	i := from(item("weekly"), "澄江时报")
	for _, text := range append(printed, "澄江时报版权所有") {
		i.Body = append(i.Body, feeds.Part{HTML: "<p>" + text + "</p>", Role: feeds.RoleNotice, Text: text})
	}
	c, _ := book.Decide(i, syndicate.Public, nil, noon)
	var kept []string
	for _, p := range c.Item().Body[1:] {
		kept = append(kept, p.Text)
	}
	if len(kept) != 1 || kept[0] != "澄江时报版权所有" {
		t.Errorf("kept %q, want only the source's own copyright line", kept)
	}
}

func TestAgreementWording(t *testing.T) {
	t.Parallel()
	house := testHouse()
	house.Partners[0].Agreements[0].Attribution = "据{source}{author}报道"
	i := item("weekly")
	i.Attribution.Authors = []feeds.Person{{Name: "李明"}}
	i.Attribution.Editors = []string{"赵山"}
	c, _ := compile(t, house).Decide(i, "zj", nil, noon)
	if got, want := c.Notice().Attribution.Text(), "据清河周刊网李明报道 责编\uFF1A赵山"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestDayOfANotice: a withdrawal is dated by the day that it is where the house is.
func TestDayOfANotice(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 3, 9, 20, 0, 0, 0, time.UTC)
	for zone, want := range map[*time.Location]string{nil: "2026-03-09", time.FixedZone("", 8*3600): "2026-03-10"} {
		house := testHouse()
		house.Site.Zone = zone
		book, _ := syndicate.Compile(house)
		item := told("commons", "1", "", "A", tale(1, 20), monday)
		w := taken(item, 1)
		w.At = evening
		gone, ok := book.Gone(item, syndicate.Public, syndicate.NewWithdrawals(w), evening)
		if !ok || !strings.Contains(gone.Notice, want) {
			t.Errorf("in %v: %q, want %s", zone, gone.Notice, want)
		}
	}
}
