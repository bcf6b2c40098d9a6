package render_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"reprint/feeds"
	"reprint/feeds/normalize"
	"reprint/feeds/parse"
	"reprint/syndicate/render"
)

var update = flag.Bool("update", false, "write the golden files")

// TestGolden compares whole documents with those that were looked at and validated.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, format := range formats {
		t.Run(format.name, func(t *testing.T) {
			t.Parallel()
			got := document(t, format.render, feedOf(t, items()))
			file := filepath.Join("testdata", "top."+format.name)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs; look at it and run with -update:\n%s", file, got)
			}
		})
	}
}

// document renders and demands that no item was dropped.
func document(t *testing.T, write func(render.Feed) (render.Document, error), f render.Feed) []byte {
	t.Helper()
	d, err := write(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(d.Dropped) > 0 {
		t.Fatalf("dropped: %v", d.Dropped)
	}
	return d.Bytes
}

// TestRoundTrip reads our own documents with our own ingester: what a partner's server finds
// is what we have said (acceptance checks 5 and 6 of the feed standards).
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	f := feedOf(t, items())
	for _, format := range formats {
		doc, err := parse.Parse(document(t, format.render, f), parse.Hint{})
		if err != nil {
			t.Fatalf("%s: %v", format.name, err)
		}
		found, losses := normalize.Items(doc, normalize.From{Source: "us", Feed: f.Self, Authority: "qinghe.example,2026"})
		if len(losses) > 0 || len(found) != len(f.Items) {
			t.Fatalf("%s: %d items, losses %q", format.name, len(found), losses)
		}
		for i, item := range found {
			sameItem(t, format.name, f, i, item)
		}
	}
}

func sameItem(t *testing.T, format string, f render.Feed, i int, got feeds.Item) {
	t.Helper()
	c := f.Items[i]
	want := c.Item()
	if got.URI != want.URI {
		t.Errorf("%s: id %q, want %q", format, got.URI, want.URI)
	}
	if got.Title != want.Title && want.Title != "" {
		t.Errorf("%s: title %q, want %q", format, got.Title, want.Title)
	}
	if !got.Published.Equal(want.Rank()) && !want.Published.IsZero() {
		t.Errorf("%s: published %v, want %v", format, got.Published, want.Rank())
	}
	named := slices.ContainsFunc(got.Attribution.Origins, func(o feeds.Origin) bool { return o.Name == c.Decision().Origin.Name })
	if !named {
		t.Errorf("%s: %s is not named as the source of %s: %v", format, c.Decision().Origin.Name, want.URI, got.Attribution.Origins)
	}
	licensed := slices.ContainsFunc(got.Rights, func(s feeds.Statement) bool {
		return s.Kind == feeds.KindLicense && s.Value == c.License().URL && s.Scope == feeds.ScopeItem
	})
	if !licensed {
		t.Errorf("%s: no license %s on %s: %v", format, c.License().URL, want.URI, got.Rights)
	}
	var credits []string
	for _, p := range got.Pictures() {
		credits = append(credits, p.Credit)
	}
	for _, p := range c.Pictures() {
		if p.Medium == "image" && !slices.Contains(credits, p.Credit) {
			t.Errorf("%s: the credit %q of %s is lost: %q", format, p.Credit, want.URI, credits)
		}
	}
}

// TestShownOnce holds the first promise over every field that people read: the attribution
// stands at the top exactly once, the notices at the end.
func TestShownOnce(t *testing.T) {
	t.Parallel()
	for _, c := range feedOf(t, items()).Items {
		body := render.Body(c)
		if !strings.HasPrefix(body, `<p class="reprint-attribution"`) || strings.Count(body, "reprint-attribution") != 1 {
			t.Errorf("%s does not begin with one attribution line:\n%s", c.Item().URI, body)
		}
		if got, want := strings.Count(body, `class="reprint-notice"`), len(c.Notice().Foot()); got != want {
			t.Errorf("%s has %d notices, want %d", c.Item().URI, got, want)
		}
		if form := `<a href="https://qinghe.example/claims/new?item=` + c.Item().ID + `">`; strings.Count(body, form) != 1 || strings.Count(body, "/claims/new") != 1 {
			t.Errorf("%s does not lead once to the form for claims (T4):\n%s", c.Item().URI, body)
		}
		last := body[strings.LastIndex(body, `<p class="reprint-notice"`):]
		if !strings.Contains(last, "rights@qinghe.example") {
			t.Errorf("%s does not end with the contact:\n%s", c.Item().URI, body)
		}
	}
}

// TestDeniedPicturesDoNotLeak looks for every trace of a picture that was denied
// (acceptance check 11).
func TestDeniedPicturesDoNotLeak(t *testing.T) {
	t.Parallel()
	f := feedOf(t, items())
	for _, format := range formats {
		got := document(t, format.render, f)
		if bytes.Contains(got, []byte("agency.jpg")) || bytes.Contains(got, []byte("不公开的正文")) {
			t.Errorf("%s holds what was denied:\n%s", format.name, got)
		}
		if !bytes.Contains(got, []byte("staff.jpg")) {
			t.Errorf("%s lacks the picture that was granted", format.name)
		}
	}
}

// TestRightsOfJSON looks at the keys that scripts of partners read.
func TestRightsOfJSON(t *testing.T) {
	t.Parallel()
	var d struct {
		Items []struct {
			Rights struct {
				Decision, Reason, License, Notice, Disclaimer, Editor string
				Source                                                struct{ Name, URL string }
				Pictures                                              []struct{ URL, Credit, Decision, Reason string }
			} `json:"_rights"`
		}
	}
	if err := json.Unmarshal(document(t, render.JSON, feedOf(t, items())), &d); err != nil {
		t.Fatal(err)
	}
	own, passed := d.Items[0].Rights, d.Items[1].Rights
	if own.Decision != "excerpt" || own.Reason != "license-public" || own.License != "https://qinghe.example/copyright" || own.Editor != "赵山, 李栋" || own.Disclaimer != "" {
		t.Errorf("rights of the house's item: %+v", own)
	}
	if len(own.Pictures) != 2 || own.Pictures[0].Decision != "granted" || own.Pictures[1].URL != "" || own.Pictures[1].Reason != "picture-credit-denied" {
		t.Errorf("pictures of the house's item: %+v", own.Pictures)
	}
	if passed.Source.Name != "澄江时报" || !strings.Contains(passed.Disclaimer, "澄江时报") || passed.Notice == "" {
		t.Errorf("rights of the other paper's item: %+v", passed)
	}
}
