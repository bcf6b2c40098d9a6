package syndicate_test

import (
	"strings"
	"testing"
	"time"

	"reprint/feeds"
	"reprint/syndicate"
)

// TestCompileFinds changes one thing of a good house at a time and wants the problem
// named at its place.
func TestCompileFinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path  string
		wrong string
		spoil func(*syndicate.House)
	}{
		{"$.site.name", "missing", func(h *syndicate.House) { h.Site.Name = " " }},
		{"$.site.url", "not a web address", func(h *syndicate.House) { h.Site.URL = "news.example" }},
		{"$.site.url", "slash", func(h *syndicate.House) { h.Site.URL = "https://news.example/" }},
		{"$.site.contact", "missing", func(h *syndicate.House) { h.Site.Contact = syndicate.Contact{} }},
		{"$.site.notices.en.contact", "does not name the house once", func(h *syndicate.House) {
			h.Site.Words = map[string]syndicate.Words{"en": {Contact: "Write to {email}."}}
		}},
		{"$.site.notices.en.contact", "does not name the house once", func(h *syndicate.House) {
			h.Site.Words = map[string]syndicate.Words{"en": {Contact: "{house}, {house}"}}
		}},
		{"$.site.claim_days", "negative", func(h *syndicate.House) { h.Site.ClaimDays = -1 }},
		{"$.site.answer_days", "negative", func(h *syndicate.House) { h.Site.AnswerDays = -1 }},
		{"$.site.unknown_origin", "not one of the licenses", func(h *syndicate.House) { h.Site.UnknownOrigin = "nope" }},
		{"$.site.staff_credits[0]", "no {name}", func(h *syndicate.House) { h.Site.StaffCredits[0] = "{house}摄" }},
		{"$.site.staff_credits[0]", "{nmae}", func(h *syndicate.House) { h.Site.StaffCredits[0] = "{house}{name}{nmae}" }},
		{"$.site.deny_credits[0]", "empty", func(h *syndicate.House) { h.Site.DenyCredits[0] = " " }},
		{"$.site.notices.zh.source", "does not name the source", func(h *syndicate.House) { h.Site.Words = map[string]syndicate.Words{"zh": {Source: "来源"}} }},
		{"$.licenses", "empty", func(h *syndicate.House) { h.Licenses = nil }},
		{"$.licenses[1].id", "used twice", func(h *syndicate.House) { h.Licenses[1].ID = "house" }},
		{"$.licenses[0].id", "cannot be an id", func(h *syndicate.House) { h.Licenses[0].ID = "House Rules" }},
		{"$.licenses[0].public.excerpt_chars", "0 is not", func(h *syndicate.House) { h.Licenses[0].Public.ExcerptChars = 0 }},
		{"$.licenses[4].public.pictures", "without text", func(h *syndicate.House) { h.Licenses[4].Public.Pictures = syndicate.PicturesAll }},
		{"$.origins[0].license", "missing", func(h *syndicate.House) { h.Origins[0].License = "" }},
		{"$.origins[1].name", "listed twice", func(h *syndicate.House) { h.Origins[1].Name = "《澄江时报》" }},
		{"$.origins[0].name", "name of the house", func(h *syndicate.House) { h.Origins[0].Name = "清河周刊" }},
		{"$.sources[0].home", "missing", func(h *syndicate.House) { h.Sources[0].Home = "" }},
		{"$.sources[0].license", "not one of the licenses", func(h *syndicate.House) { h.Sources[0].License = "x" }},
		{"$.channels[0].limit", "0 is not", func(h *syndicate.House) { h.Channels[0].Limit = 0 }},
		{"$.channels[0].sources[0]", "not one of the sources", func(h *syndicate.House) { h.Channels[0].Sources[0] = "x" }},
		{"$.partners[0].agreements[0].covers", "covers nothing", func(h *syndicate.House) { h.Partners[0].Agreements[0].Covers = syndicate.Coverage{} }},
		{"$.partners[0].agreements[0].covers.licenses[0]", "not one of", func(h *syndicate.House) { h.Partners[0].Agreements[0].Covers.Licenses[0] = "x" }},
		{"$.partners[0].agreements[0].text", "grants nothing", func(h *syndicate.House) {
			h.Partners[0].Agreements[0].Text, h.Partners[0].Agreements[0].Pictures = syndicate.Withheld, syndicate.PicturesNone
		}},
		{"$.partners[0].agreements[0].until", "not after from", func(h *syndicate.House) { h.Partners[0].Agreements[0].Until = h.Partners[0].Agreements[0].From }},
		{"$.partners[0].agreements[0].window", "before the embargo", func(h *syndicate.House) { h.Partners[0].Agreements[0].Window = time.Minute }},
		{"$.partners[0].agreements[0].attribution", "does not name", func(h *syndicate.House) { h.Partners[0].Agreements[0].Attribution = "据报道" }},
	}
	for _, tt := range tests {
		house := testHouse()
		tt.spoil(&house)
		_, problems := syndicate.Compile(house)
		found := false
		for _, p := range problems {
			found = found || p.Path == tt.path && strings.Contains(p.Message, tt.wrong)
			if p.Remedy == "" {
				t.Errorf("%s: no remedy", p)
			}
		}
		if !found {
			t.Errorf("want %s: …%s…, got %v", tt.path, tt.wrong, problems)
		}
	}
}

func TestChannelsHold(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	english := item("commons")
	english.Language = "en-GB"
	tagged := item("open")
	tagged.Tags = []string{"水利"}
	holds := func(channel string, i feeds.Item) bool {
		c, ok := book.Channel(channel)
		if !ok {
			t.Fatalf("no channel %s", channel)
		}
		return book.Holds(c, i)
	}
	for _, tt := range []struct {
		channel string
		item    feeds.Item
		want    bool
	}{
		{"top", item("weekly"), true}, {"top", item("commons"), false},
		{"all", item("commons"), true}, {"all", item("gone"), false},
		{"english", english, true}, {"english", item("commons"), false},
		{"free", english, true}, {"free", item("weekly"), false},
		{"free", from(item("commons"), "澄江时报"), false},
		{"tagged", tagged, true}, {"tagged", item("open"), false},
	} {
		if got := holds(tt.channel, tt.item); got != tt.want {
			t.Errorf("channel %s holds %s item: %v, want %v", tt.channel, tt.item.Source, got, tt.want)
		}
	}
	all, _ := book.Channel("all")
	if got := book.SourcesOf(all); len(got) != 6 || got[0] != "weekly" {
		t.Errorf("sources of all: %v", got)
	}
}

// TestReasonsAreStable: the codes are a public interface. A new one may be added; to
// change or remove one breaks partners.
func TestReasonsAreStable(t *testing.T) {
	t.Parallel()
	for code, sentence := range syndicate.Reasons() {
		if strings.ToLower(string(code)) != string(code) || strings.ContainsAny(string(code), " _") {
			t.Errorf("code %q is not in lower case with hyphens", code)
		}
		if !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s: %q is no sentence", code, sentence)
		}
	}
}

func TestFormText(t *testing.T) {
	t.Parallel()
	var f syndicate.Form
	if err := f.UnmarshalText([]byte("full")); err != nil || f != syndicate.Full {
		t.Errorf("full: %v, %v", f, err)
	}
	if err := f.UnmarshalText([]byte("everything")); err == nil {
		t.Error("everything is accepted as a form")
	}
	if got := syndicate.Form(77).String(); got != "withheld" {
		t.Errorf("a form out of range is %q", got)
	}
	if b, _ := syndicate.PicturesStaff.MarshalText(); string(b) != "staff" {
		t.Errorf("staff is written %q", b)
	}
}
