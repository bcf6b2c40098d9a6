package reprint

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"reprint/cmd/reprint/config"
	"reprint/feeds"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
	"reprint/syndicate"
)

var update = flag.Bool("update", false, "write what the cases gave into their want sections")

// TestCases runs every case of testdata/cases from the bytes of a feed to the verdict and
// the words that go out with it.
//
// A case begins with the sentence that it proves. Its feed files are named after the
// source of newsroom.yaml that they stand for; what they take back is told first. An ask section asks one question a line:
// the audience, then "at" with a moment, "withdrawn" with a target or for the item, "story-withdrawn" with the guid of one, "without-source", or "spent" with an
// agreement that has reached its daily cap; "together" asks
// about the stories that the items tell. The sections replace and with change one thing of
// the newsroom.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/cases/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := answer(t, archive)
			if *update {
				setWant(t, file, archive, got)
				return
			}
			if want := section(archive, "want"); got != want {
				t.Errorf("%sgot:\n%s\nwant:\n%s", archive.Comment, got, want)
			}
		})
	}
}

func section(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func setWant(t *testing.T, file string, a *txtar.Archive, got string) {
	for i := range a.Files {
		if a.Files[i].Name == "want" {
			a.Files[i].Data = []byte(got)
		}
	}
	if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// answer asks every question of a case about every item of its feeds.
func answer(t *testing.T, a *txtar.Archive) string {
	text, err := os.ReadFile("testdata/cases/newsroom.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if old := strings.TrimSpace(section(a, "replace")); old != "" {
		if !strings.Contains(string(text), old) {
			t.Fatalf("newsroom.yaml does not hold %q", old)
		}
		text = []byte(strings.Replace(string(text), old, strings.TrimSpace(section(a, "with")), 1))
	}
	newsroom, err := config.Parse("newsroom.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	ask := strings.TrimSpace(section(a, "ask"))
	if ask == "" {
		ask = "public"
	}
	var b strings.Builder
	items, deletions := readItems(t, a, newsroom)
	for _, d := range deletions {
		fmt.Fprintf(&b, "taken back: %s\n  said    %s\n", d.GUID, strings.TrimSpace(d.Where+" "+d.When.Format(time.RFC3339)+" "+d.Reason))
	}
	for _, question := range strings.Split(ask, "\n") {
		if strings.HasSuffix(question, " together") {
			putTogether(t, &b, newsroom.House, items, question)
			continue
		}
		for _, item := range items {
			put(t, &b, newsroom.House, items, item, question)
		}
	}
	return b.String()
}

// readItems reads the feeds of a case, as ingest would on the day of the case.
func readItems(t *testing.T, a *txtar.Archive, c *config.Config) ([]feeds.Item, []feeds.Deletion) {
	var all []feeds.Item
	var deletions []feeds.Deletion
	for _, f := range a.Files {
		id, _, isFeed := strings.Cut(f.Name, ".")
		if !isFeed {
			continue
		}
		at := slices.IndexFunc(c.House.Sources, func(s syndicate.Source) bool { return s.ID == id })
		if at < 0 {
			t.Fatalf("%s is no source of the newsroom", id)
		}
		source := c.House.Sources[at]
		doc, err := parse.Parse(f.Data, parse.Hint{})
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		content := normalize.Read(doc, normalize.From{
			Source: source.ID, Name: source.Name, Home: source.Home, Feed: source.Feed, Authority: "qinghe.example,2026",
			Zone: time.FixedZone("CST", 8*3600),
		})
		if len(content.Losses) > 0 {
			t.Errorf("%s: losses: %q", f.Name, content.Losses)
		}
		all = append(all, content.Items...)
		deletions = append(deletions, content.Deletions...)
	}
	return all, deletions
}

// day is when the cases are decided, and when their items were first seen.
var day = time.Date(2026, 3, 10, 20, 0, 0, 0, time.FixedZone("CST", 8*3600))

// put asks one question about one item and writes the verdict.
func put(t *testing.T, b *strings.Builder, house syndicate.House, items []feeds.Item, item feeds.Item, question string) {
	words := strings.Fields(question)
	audience, now := syndicate.Audience(words[0]), day
	if audience == "public" {
		audience = syndicate.Public
	}
	item.FirstSeen = day
	withdrawn := syndicate.NewWithdrawals()
	var spent []string
	for i, w := range words[1:] {
		switch w {
		case "at":
			at, err := time.Parse(time.RFC3339, words[i+2])
			if err != nil {
				t.Fatal(err)
			}
			now = at
		case "spent":
			spent = append(spent, words[i+2])
		case "withdrawn":
			withdrawn.Add(syndicate.Withdrawal{Target: target(t, item, words[i+2:]), Epoch: 1, Cause: syndicate.Rights, At: day})
		case "story-withdrawn":
			at := slices.IndexFunc(items, func(o feeds.Item) bool { return o.GUID == words[i+2] })
			withdrawn.Add(syndicate.Withdrawal{Target: syndicate.ItemTarget(items[at].ID), Epoch: 1, Cause: syndicate.Rights, At: day}.WithItem(items[at]))
		case "without-source":
			house.Sources = slices.DeleteFunc(slices.Clone(house.Sources), func(s syndicate.Source) bool { return s.ID == item.Source })
			house.Channels = nil
		}
	}
	book, problems := syndicate.Compile(house)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	cleared, d := book.Decide(item, audience, withdrawn, now, spent...)
	write(b, question, item, cleared, d)
}

// target is what a question withdraws: the item, or what follows the word.
func target(t *testing.T, item feeds.Item, words []string) syndicate.Target {
	t.Helper()
	if len(words) == 0 {
		return syndicate.ItemTarget(item.ID)
	}
	target, err := syndicate.ParseTarget(words[0])
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// putTogether writes the verdict on every story that the items tell.
func putTogether(t *testing.T, b *strings.Builder, house syndicate.House, items []feeds.Item, question string) {
	book, problems := syndicate.Compile(house)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	for i := range items {
		items[i].FirstSeen = day
	}
	for _, story := range book.Stories(items) {
		cleared, d := book.DecideStory(story, syndicate.Public, nil, day)
		fmt.Fprintf(b, "%s: %s\n", question, story.Original.GUID)
		fmt.Fprintf(b, "  text    %s, %s\n", d.Form, d.Reason)
		fmt.Fprintf(b, "  from    %s, license %s\n", d.Origin.Name, d.License)
		for _, c := range story.Copies {
			fmt.Fprintf(b, "  copy    %s of %s\n", c.GUID, c.Source)
		}
		for _, s := range cleared.Seen() {
			fmt.Fprintf(b, "  seen    %s, %s\n", s.Name, s.Link)
		}
	}
}

func write(b *strings.Builder, question string, item feeds.Item, c syndicate.Cleared, d syndicate.Decision) {
	fmt.Fprintf(b, "%s: %s\n", question, item.GUID)
	var rules []string
	for _, clause := range d.Clauses {
		rules = append(rules, clause.Rule)
	}
	fmt.Fprintf(b, "  rules   %s\n", strings.Join(slices.Compact(rules), " "))
	fmt.Fprintf(b, "  text    %s, %s\n", d.Form, d.Reason)
	fmt.Fprintf(b, "  from    %s%s, license %s\n", d.Origin.Name, map[bool]string{true: " (the house)"}[d.Origin.House], d.License)
	if d.Agreement != "" {
		fmt.Fprintf(b, "  under   %s\n", d.Agreement)
	}
	if !d.Until.IsZero() {
		fmt.Fprintf(b, "  until   %s\n", d.Until.In(day.Location()).Format(time.RFC3339))
	}
	for _, p := range d.Pictures {
		fmt.Fprintf(b, "  picture %s %q: %s\n", filepath.Base(p.URL), p.Credit, p.Reason)
	}
	if c.IsZero() {
		return
	}
	fmt.Fprintf(b, "  head    %s\n", c.Notice().Attribution.Text())
	if text := c.Item().Text; text != "" && d.Form == syndicate.Excerpt {
		fmt.Fprintf(b, "  excerpt %s\n", text)
	}
	for _, p := range c.Item().Body {
		if p.Picture != nil {
			fmt.Fprintf(b, "  body    [%s: %s]\n", filepath.Base(p.Picture.URL), p.Picture.Caption)
		} else {
			fmt.Fprintf(b, "  body    %s\n", p.HTML)
		}
	}
	for _, l := range c.Notice().Foot() {
		fmt.Fprintf(b, "  foot    %s\n", l.Text())
	}
}
