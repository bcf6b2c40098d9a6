package syndicate_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"reprint/feeds"
	"reprint/syndicate"
)

// tale is a text of n sentences that no other seed tells.
func tale(seed uint64, n int) string {
	random := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	for range n {
		fmt.Fprintf(&b, "On day %d the %d keepers of tower %d counted %d lamps. ", random.IntN(1e6), random.IntN(1e6), random.IntN(1e6), random.IntN(1e6))
	}
	return b.String()
}

// told makes an item of a source with a text.
func told(source, guid, link, title, text string, published time.Time) feeds.Item {
	return feeds.Item{
		ID: feeds.NewID(source, guid), URI: "tag:" + source + "," + guid, GUID: guid, Source: source, Link: link, Title: title, Text: text,
		Published: published, FirstSeen: published,
	}
}

var monday = time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC)

// grouped lists the stories by source, the original first.
func grouped(book *syndicate.Rulebook, items ...feeds.Item) string {
	var all []string
	for _, s := range book.Stories(items) {
		line := s.Original.Source
		for _, c := range s.Copies {
			line += "+" + c.Source
		}
		all = append(all, line)
	}
	return strings.Join(all, " ")
}

// TestStories puts items together that tell the same, and no others (R39, R40).
func TestStories(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	text, other := tale(1, 20), tale(2, 20)
	hanText := hanTale(1)
	from := func(i feeds.Item, name string) feeds.Item {
		i.Attribution.Origins = []feeds.Origin{{Name: name, Place: feeds.PlaceHead}}
		return i
	}
	uri := func(i feeds.Item, uri string) feeds.Item {
		i.URI = uri
		return i
	}
	later := monday.Add(time.Hour)
	tests := []struct {
		name  string
		items []feeds.Item
		want  string
	}{
		{"equal text", []feeds.Item{told("open", "1", "", "A", text, later), told("commons", "2", "", "B", text, monday)}, "commons+open"},
		{"equal Chinese text in both scripts", []feeds.Item{told("open", "1", "", "A", hanText, later), told("commons", "2", "", "B", strings.ReplaceAll(hanText, "记", "記"), monday)}, "commons+open"},
		{"a tenth is different", []feeds.Item{told("open", "1", "", "A", text+tale(3, 2), later), told("commons", "2", "", "B", text, monday)}, "commons+open"},
		{"half is different", []feeds.Item{told("open", "1", "", "A", tale(1, 10)+tale(3, 10), later), told("commons", "2", "", "B", tale(1, 10)+tale(4, 10), monday)}, "open commons"},
		{"titles alone never", []feeds.Item{told("open", "1", "", "The council met", text, later), told("commons", "2", "", "The council met", other, monday)}, "open commons"},
		{"no texts, one title", []feeds.Item{told("open", "1", "", "The council met", "", later), told("commons", "2", "", "The council met", "", monday)}, "open commons"},
		{"a short text wants an equal title", []feeds.Item{told("open", "1", "", "The mill", tale(1, 8), later), told("commons", "2", "", "A clock", tale(1, 8), monday)}, "open commons"},
		{"a short text with its title", []feeds.Item{told("open", "1", "", "The mill opens", tale(1, 8), later), told("commons", "2", "", "The mill opens again", tale(1, 8), monday)}, "commons+open"},
		{"a round-up is not its part", []feeds.Item{told("open", "1", "", "The morning", text+other+tale(5, 20), later), told("commons", "2", "", "A clock", text, monday)}, "open commons"},
		{"a teaser for subscribers", []feeds.Item{told("open", "1", "", "The mill", tale(1, 2), later), told("commons", "2", "", "The mill", tale(1, 2), monday)}, "open commons"},
		{"said again next year", []feeds.Item{told("open", "1", "", "Hours", text, monday.AddDate(1, 0, 0)), told("commons", "2", "", "Hours", text, monday)}, "open commons"},
		{"one source tells twice", []feeds.Item{told("open", "1", "https://x.example/1", "A", text, later), told("open", "2", "https://x.example/1", "A", text, monday)}, "open open"},
		{"the same page", []feeds.Item{told("open", "1", "https://hill.example/1", "A", "", monday), told("commons", "2", "http://www.hill.example/1/?utm_source=x#top", "B", "", later)}, "commons+open"},
		{"a page with another query", []feeds.Item{told("open", "1", "https://hill.example/?id=1", "A", "", monday), told("commons", "2", "https://hill.example/?id=2", "B", "", later)}, "open commons"},
		{"a front page is no story", []feeds.Item{told("open", "1", "https://hill.example/", "A", "", monday), told("commons", "2", "https://hill.example", "B", "", later)}, "open commons"},
		{"a page that one source names twice", []feeds.Item{
			told("open", "1", "https://hill.example/1", "A", "", monday), told("open", "2", "https://hill.example/1", "A", "", monday), told("commons", "2", "https://hill.example/1", "B", "", later),
		}, "open open commons"},
		{"one permanent id: our own feed read back", []feeds.Item{
			from(uri(told("open", "1", "https://news.example/1", "A", "", monday), "tag:news.example,2026:1"), "清河周刊网"),
			uri(told("weekly", "1", "https://news.example/1", "A", "", later), "tag:news.example,2026:1"),
		}, "weekly+open"},
		{"whoever is named", []feeds.Item{from(told("open", "1", "", "A", text, monday), "Hill Commons"), told("commons", "2", "", "B", text, later)}, "commons+open"},
		{"the house before an earlier date", []feeds.Item{told("open", "1", "https://plain.example/1", "A", text, monday), told("weekly", "2", "", "B", text, later)}, "weekly+open"},
		{"the house names another", []feeds.Item{told("open", "1", "", "A", text, later), from(told("weekly", "2", "", "B", text, monday), "平原社")}, "open+weekly"},
		{"its own page before an earlier date", []feeds.Item{told("open", "1", "https://elsewhere.example/1", "A", text, monday), told("commons", "2", "https://blog.hill.example/2", "B", text, later)}, "commons+open"},
		{"who names nobody", []feeds.Item{from(told("open", "1", "", "A", text, monday), "澄江时报"), told("commons", "2", "", "B", text, later)}, "commons+open"},
		{"the first to publish", []feeds.Item{told("open", "1", "", "A", text, monday), told("commons", "2", "", "B", text, later)}, "open+commons"},
		{"a date before none", []feeds.Item{told("commons", "2", "", "B", text, time.Time{}), told("open", "1", "", "A", text, monday)}, "open+commons"},
		{"three", []feeds.Item{told("nd", "3", "", "C", text, later), told("commons", "2", "", "B", text, later), told("open", "1", "", "A", text, monday)}, "open+commons+nd"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := grouped(book, tt.items...); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// hanTale is a Chinese text of three hundred characters.
func hanTale(seed uint64) string {
	random := rand.New(rand.NewPCG(seed, 1))
	common := []rune("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经记")
	var b strings.Builder
	for range 300 {
		b.WriteRune(common[random.IntN(len(common))])
	}
	return b.String()
}

// TestStoriesOfEveryDay keeps a report apart that two sources bring every day in nearly the
// same words: each day is a story of its own.
func TestStoriesOfEveryDay(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	var items []feeds.Item
	for day := range 5 {
		text := tale(1, 20) + tale(uint64(100+day), 2)
		items = append(items, told("commons", fmt.Sprint(day), "", "Weather", text, monday.AddDate(0, 0, day)), told("open", fmt.Sprint(day), "", "Weather", text, monday.AddDate(0, 0, day).Add(time.Hour)))
	}
	stories := book.Stories(items)
	if len(stories) != 5 {
		t.Fatalf("%d stories, want 5", len(stories))
	}
	for _, s := range stories {
		if len(s.Copies) != 1 || s.Copies[0].GUID != s.Original.GUID {
			t.Errorf("%s was put together with %v", s.Original.ID, s.Copies)
		}
	}
}

// TestDecideStory names where a story was seen only if that may be linked, and takes
// nothing from a copy: neither its license nor its time.
func TestDecideStory(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	text := tale(1, 20)
	original := told("weekly", "1", "https://news.example/1", "A", text, monday)
	story := syndicate.Story{Original: original, Copies: []feeds.Item{
		told("closed", "2", "https://inner.example/1", "A", text, monday), told("open", "3", "", "A", text, monday),
	}}
	cleared, d := book.DecideStory(story, syndicate.Public, nil, monday)
	if d.Form != syndicate.Excerpt || d.License != "house" {
		t.Errorf("got %v under %q", d.Form, d.License)
	}
	if want := []syndicate.Sighting{{Name: "平原社", Link: "tag:open,3"}}; !reflect.DeepEqual(cleared.Seen(), want) {
		t.Errorf("seen %v, want %v", cleared.Seen(), want)
	}
	withdrawn := syndicate.NewWithdrawals()
	withdrawn.Add(syndicate.Withdrawal{Target: syndicate.ItemTarget(original.ID), Epoch: 1, At: monday})
	if cleared, d := book.DecideStory(story, syndicate.Public, withdrawn, monday); !cleared.IsZero() || d.Reason != syndicate.Withdrawn {
		t.Errorf("a copy brought a withdrawn story back: %v, %v", d.Form, d.Reason)
	}
}

// TestStoriesDoNotDependOnOrder finds the same stories and originals however the items
// arrive.
func TestStoriesDoNotDependOnOrder(t *testing.T) {
	t.Parallel()
	book := compile(t, testHouse())
	sources := []string{"weekly", "commons", "trusted", "open", "closed", "nd"}
	rapid.Check(t, func(t *rapid.T) {
		var items []feeds.Item
		for n := range rapid.IntRange(0, 12).Draw(t, "items") {
			i := told(rapid.SampledFrom(sources).Draw(t, "source"), fmt.Sprint(n), rapid.SampledFrom([]string{"", "https://hill.example/1", "https://plain.example/2"}).Draw(t, "link"),
				"T", tale(rapid.Uint64Range(1, 3).Draw(t, "tale"), 12)+tale(rapid.Uint64Range(1, 3).Draw(t, "end"), 2), monday.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "hour"))*time.Hour))
			if rapid.Bool().Draw(t, "named") {
				i.Attribution.Origins = []feeds.Origin{{Name: rapid.SampledFrom([]string{"Hill Commons", "平原社", "澄江时报"}).Draw(t, "origin"), Place: feeds.PlaceHead}}
			}
			items = append(items, i)
		}
		told := func() map[string][]string {
			found := make(map[string][]string)
			for _, s := range book.Stories(items) {
				found[s.Original.ID] = []string{}
				for _, c := range s.Copies {
					found[s.Original.ID] = append(found[s.Original.ID], c.ID)
				}
			}
			return found
		}
		before := told()
		items = rapid.Permutation(items).Draw(t, "order")
		if after := told(); !reflect.DeepEqual(before, after) {
			t.Fatalf("before %v\nafter  %v", before, after)
		}
		total := 0
		for _, copies := range before {
			total += 1 + len(copies)
		}
		if total != len(items) {
			t.Fatalf("%d items in stories, want %d", total, len(items))
		}
	})
}

// BenchmarkStories reads the items of a channel: a hundred as usual, and as many as are
// looked at for a channel with a rare tag. A tenth are copies.
func BenchmarkStories(b *testing.B) {
	house := testHouse()
	book, _ := syndicate.Compile(house)
	for _, n := range []int{100, 4000} {
		var items []feeds.Item
		for i := range n {
			source, seed := house.Sources[i%5].ID, uint64(i)
			if i%10 == 9 {
				seed--
			}
			items = append(items, told(source, fmt.Sprint(i), "", "T", tale(seed, 30)[:feeds.MaxText-400], monday))
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				book.Stories(items)
			}
		})
	}
}
