package normalize_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"reprint/feeds"
	"reprint/feeds/extract"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
)

var update = flag.Bool("update", false, "write what the pages gave into their want sections")

// TestWhole reads the pages of testdata/pages, each with the feed that leads to it, and
// compares what became of both.
func TestWhole(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/pages/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(readWhole(t, archive))
			want := &archive.Files[2].Data
			if *update {
				*want = []byte(got)
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(*want) {
				t.Errorf("%sgot:\n%s\nwant:\n%s", archive.Comment, got, *want)
			}
		})
	}
}

// readWhole reads the feed and the page of a case as ingest would.
func readWhole(t *testing.T, a *txtar.Archive) (feeds.Item, error) {
	t.Helper()
	doc, err := parse.Parse(a.Files[0].Data, parse.Hint{})
	if err != nil {
		t.Fatal(err)
	}
	from := normalize.From{Source: "a", Name: doc.Title.Value, Home: doc.Home, Feed: doc.Home + "rss.xml", Authority: "a.example,2026"}
	items, losses := normalize.Items(doc, from)
	if len(items) != 1 || len(losses) > 0 {
		t.Fatalf("%d items, losses %q", len(items), losses)
	}
	page, err := extract.Read(a.Files[1].Data, "text/html; charset=utf-8", items[0].Link, items[0].Title)
	if err != nil {
		return items[0], err
	}
	whole, losses, err := normalize.Whole(items[0], page, items[0].Link, from)
	if len(losses) > 0 {
		t.Errorf("losses %q", losses)
	}
	if feed, read := feeds.FeedRevision(whole.Revision); err == nil && (!read || feed != items[0].Revision) {
		t.Errorf("revision %q of an item that the feed has in revision %q", whole.Revision, items[0].Revision)
	}
	return whole, err
}

// describe writes an item for people.
func describe(i feeds.Item, err error) string {
	var b strings.Builder
	if err != nil {
		fmt.Fprintf(&b, "error: %v\n", err)
	}
	for _, o := range i.Attribution.Origins {
		fmt.Fprintf(&b, "origin %s, %s, %s\n", o.Name, o.URL, o.Place)
	}
	for _, p := range i.Attribution.Authors {
		fmt.Fprintf(&b, "author %s\n", p.Name)
	}
	fmt.Fprintf(&b, "editors %q, note %q, language %s\n", i.Attribution.Editors, i.Attribution.AuthorNote, i.Language)
	for _, s := range i.Rights {
		fmt.Fprintf(&b, "%s of the %s: %s (%s)\n", s.Kind, s.Scope, s.Value, s.Where)
	}
	for _, p := range i.Body {
		switch {
		case p.Picture != nil:
			fmt.Fprintf(&b, "[%s %q %q]\n", p.Picture.URL, p.Picture.Caption, p.Picture.Credit)
		default:
			fmt.Fprintf(&b, "%s%s\n", map[feeds.Role]string{feeds.RoleCredit: "credit: ", feeds.RoleNotice: "notice: "}[p.Role], p.HTML)
		}
	}
	for _, m := range i.Media {
		fmt.Fprintf(&b, "beside: %s\n", m.URL)
	}
	return b.String()
}
