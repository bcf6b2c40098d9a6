package extract_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"reprint/feeds/extract"
)

// story is a text that every extractor takes for one.
var story = strings.Repeat("<p>The council of Hill has agreed to open the old mill again in spring, after forty years, in which nobody heard it, and many forgot it.</p>\n", 4)

func TestRead(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, page, contentType string
		check                   func(extract.Page) string // what is wrong; empty if nothing
		err                     string
	}{
		{"declared charset", "<meta charset=gb2312><h1>\xc0\xcf\xcb\xae\xcb\xfe</h1>" + story, "text/html", func(p extract.Page) string {
			if !strings.Contains(p.HTML, "council") {
				return p.HTML
			}
			return ""
		}, ""},
		{"charset of the header", "<h1>x</h1>" + strings.Replace(story, "Hill", "\xc0\xcf\xcb\xae\xcb\xfe", 1), "text/html; charset=GBK", func(p extract.Page) string {
			if !strings.Contains(p.HTML, "老水塔") {
				return p.HTML
			}
			return ""
		}, ""},
		{"scripts are not read", `<script type="application/ld+json">{"@type":"NewsArticle","author":"Nobody"}</script>` + story, "text/html", func(p extract.Page) string {
			return strings.Join(p.Authors, ",")
		}, ""},
		{"links are made absolute", strings.Replace(story, "council", `<a href="../c">council</a>`, 1), "text/html", func(p extract.Page) string {
			if !strings.Contains(p.HTML, `href="https://a.example/c"`) {
				return p.HTML
			}
			return ""
		}, ""},
		{"RSL is no license", `<link rel="license" type="application/rsl+xml" href="/l">` + story, "text/html", func(p extract.Page) string {
			if len(p.Rights) != 1 || p.Rights[0].Kind != "notice" {
				return fmt.Sprint(p.Rights)
			}
			return ""
		}, ""},
		{"hidden lines", `<h1>The mill opens</h1><p style="display: none">Source: Nobody</p><p hidden>Source: Nobody</p>` + story, "text/html", func(p extract.Page) string {
			if len(p.Before) > 0 {
				return fmt.Sprint(p.Before)
			}
			return ""
		}, ""},
		{"no story", "<p>nothing</p>", "text/html", nil, extract.ErrNoStory.Error()},
		{"empty", "", "text/html", nil, extract.ErrNoStory.Error()},
		{"a picture", "\x89PNG", "image/png", nil, "it is image/png and no page"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			page, err := extract.Read([]byte(tt.page), tt.contentType, "https://a.example/b/1", "The mill opens")
			switch {
			case tt.err != "":
				if err == nil || err.Error() != tt.err {
					t.Errorf("error %v, want %s", err, tt.err)
				}
			case err != nil:
				t.Error(err)
			default:
				if wrong := tt.check(page); wrong != "" {
					t.Error(wrong)
				}
			}
		})
	}
}

// TestHostilePages: each is refused or read within the bound of every document.
func TestHostilePages(t *testing.T) {
	t.Parallel()
	for name, page := range map[string]string{
		"deep":             strings.Repeat("<div>", 100_000) + story,
		"deep inline":      strings.Repeat("<b>", 100_000) + story,
		"many elements":    story + strings.Repeat("<p>a</p>", 300_000),
		"many links":       story + strings.Repeat(`<a href="x">a</a>`, 19_000),
		"many tables":      strings.Repeat("<table><tr><td>", 5_000) + story,
		"many attributes":  "<p " + strings.Repeat("a=b ", 100_000) + ">" + story,
		"many classes":     strings.Repeat(`<div class="`+strings.Repeat("article comment ", 50)+`">`, 400) + story,
		"a long line":      "<p>" + strings.Repeat("word, ", 1_000_000),
		"a huge attribute": `<p title="` + strings.Repeat("x", 4<<20) + `">` + story,
		"half a tag":       story + "<a href=\"",
		"line breaks":      story + strings.Repeat("<br>", 15_000),
		"formatting":       strings.Repeat("<a><b><i><p>", 4_000) + story,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begun := time.Now()
			page, err := extract.Read([]byte(page), "text/html", "https://a.example/1", "")
			if took := time.Since(begun); took > 2*time.Second*slowness {
				t.Errorf("took %v", took)
			}
			if err == nil && page.HTML == "" {
				t.Error("neither a story nor an error")
			}
			if errors.Is(err, extract.ErrNoStory) || err != nil {
				t.Log(err)
			}
		})
	}
}

// FuzzRead: any bytes give a page or an error.
func FuzzRead(f *testing.F) {
	f.Add([]byte("<h1>The mill opens</h1><p>Source: <a href=x>Hill</a></p>"+story), "text/html; charset=utf-8")
	f.Add([]byte("<meta charset=utf-16>\xff\xfe<table><a><p>"), "text/html;;")
	f.Fuzz(func(t *testing.T, page []byte, contentType string) {
		p, err := extract.Read(page, contentType, "https://a.example/1", "The mill opens")
		if err == nil && p.HTML == "" {
			t.Error("neither a story nor an error")
		}
	})
}
